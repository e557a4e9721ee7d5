import {
  type EventTerms,
  eventCreated,
  eventMembershipChanged,
  eventStatusChanged,
  eventUpdated,
} from '@guildhall/events/contract'
import type { Transaction } from '@guildhall/kit/context'
import type { EventContract } from '@guildhall/kit/contract'
import { keepFrom, type Reaction, reactTo } from '@guildhall/kit/events/envelope'
import { keepObjectRoles } from '@guildhall/kit/object-roles'
import {
  type ProjectFacts,
  projectMemberJoined,
  projectMemberLeft,
  projectReopened,
  projectStatusChanged,
  projectSubmitted,
  projectUpdated,
} from '@guildhall/projects/contract'
import { keepProject, keepTerms } from './projection.ts'
import { followProject } from './rounds/follow-project.ts'
import { eventRoles } from './tables.ts'

/** `published` and `cancelled` of events, `created` and `withdrawn` of projects say nothing that others have not said. */
export const reactions: readonly Reaction[] = [
  keepFrom(eventCreated, { apply: keepEvent }),
  keepFrom(eventUpdated, { apply: keepEvent, snapshotVersion: ({ version }) => version }),
  keepFrom(eventStatusChanged, { apply: keepEvent }),
  keepFrom(eventMembershipChanged, {
    apply: (tx, { payload }) => keepObjectRoles(tx, eventRoles, { ...payload, objectId: payload.eventId }),
  }),
  keeping(projectUpdated),
  keeping(projectSubmitted),
  keeping(projectReopened),
  keeping(projectMemberJoined),
  keeping(projectMemberLeft),
  reactTo(projectStatusChanged, {
    // Rounds have gone on long ago: only the projection.
    rebuild: (tx, { payload }) => keepProject(tx, payload),
    apply: async (tx, { payload }, ctx) => {
      await keepProject(tx, payload)
      await followProject(ctx, tx, payload.projectId)
    },
  }),
]

async function keepEvent(tx: Transaction, { payload }: { payload: EventTerms }): Promise<void> {
  await keepTerms(tx, payload)
}

function keeping<Payload extends ProjectFacts>(event: EventContract<Payload>): Reaction {
  return keepFrom(event, {
    apply: (tx, { payload }) => keepProject(tx, payload),
    snapshotVersion: ({ version }) => version,
  })
}
