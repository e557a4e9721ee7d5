import {
  eventCreated,
  eventMembershipChanged,
  eventStatusChanged,
  eventUpdated,
} from '@guildhall/events/contract'
import { keepFrom, reactTo } from '@guildhall/kit/events/envelope'
import { keepObjectRoles } from '@guildhall/kit/object-roles'
import { project, rebuildTerms } from './projection.ts'
import { eventRoles } from './tables.ts'

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
    snapshotVersion: ({ version }) => version,
  }),
  reactTo(eventStatusChanged, {
    apply: (tx, { payload }, ctx) => project(ctx, tx, payload, reasonOf(payload)),
    rebuild: (tx, { payload }) => rebuildTerms(tx, payload),
  }),
  keepFrom(eventMembershipChanged, {
    apply: (tx, { payload }) => keepObjectRoles(tx, eventRoles, { ...payload, objectId: payload.eventId }),
  }),
]

const reasonOf = ({ status, reason }: { status: string; reason: string | null }): string | null =>
  status === 'DRAFT' ? backToDraft : reason
