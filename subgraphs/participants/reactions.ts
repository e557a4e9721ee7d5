import { eventCreated, eventStatusChanged, eventUpdated } from '@guildhall/events/contract'
import { reactTo } from '@guildhall/kit/events/envelope'
import { project, rebuildTerms } from './projection.ts'

const backToDraft = 'The event went back into preparation.'

/** `published` and `cancelled` say nothing that `status_changed` has not said. Rebuilt are the terms alone. */
export const reactions = [
  reactTo(eventCreated, {
    apply: (tx, { payload }, ctx) => project(ctx, tx, payload),
    rebuild: (tx, { payload }) => rebuildTerms(tx, payload),
    isLocal: true,
  }),
  reactTo(eventUpdated, {
    apply: (tx, { payload }, ctx) => project(ctx, tx, payload),
    rebuild: (tx, { payload }) => rebuildTerms(tx, payload),
    isLocal: true,
  }),
  reactTo(eventStatusChanged, {
    apply: (tx, { payload }, ctx) => project(ctx, tx, payload, reasonOf(payload)),
    rebuild: (tx, { payload }) => rebuildTerms(tx, payload, reasonOf(payload)),
  }),
]

const reasonOf = ({ status, reason }: { status: string; reason: string | null }): string | null =>
  status === 'DRAFT' ? backToDraft : reason
