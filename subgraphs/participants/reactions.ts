import { eventCreated, eventStatusChanged, eventUpdated } from '@guildhall/events/contract'
import { reactTo } from '@guildhall/kit/events/envelope'
import { project } from './projection.ts'

const backToDraft = 'The event went back into preparation.'

/** `published` and `cancelled` say nothing that `status_changed` has not said. */
export const reactions = [
  reactTo(eventCreated, { apply: (tx, { payload }, ctx) => project(ctx, tx, payload) }),
  reactTo(eventUpdated, { apply: (tx, { payload }, ctx) => project(ctx, tx, payload) }),
  reactTo(eventStatusChanged, {
    apply: (tx, { payload }, ctx) =>
      project(ctx, tx, payload, payload.status === 'DRAFT' ? backToDraft : payload.reason),
  }),
]
