import {
  type EventTerms,
  eventCreated,
  eventMembershipChanged,
  eventStatusChanged,
  eventUpdated,
} from '@guildhall/events/contract'
import { resultsPublished, roundClosed, roundOpened } from '@guildhall/judging/contract'
import type { Context, Transaction } from '@guildhall/kit/context'
import { keepFrom, reactTo } from '@guildhall/kit/events/envelope'
import { keepObjectRoles } from '@guildhall/kit/object-roles'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { followsEvent, type ProjectStatus } from './domain/project-status.ts'
import { keepRound, takeResults } from './judging.ts'
import { move } from './moves.ts'
import { keepTerms } from './projection.ts'
import { eventRoles, projects } from './tables.ts'

/** `published` and `cancelled` say nothing that `status_changed` has not said. */
export const reactions = [
  keepFrom(eventCreated, { apply: keep }),
  keepFrom(eventUpdated, { apply: keep, snapshotVersion: ({ version }) => version }),
  keepFrom(eventMembershipChanged, {
    apply: (tx, { payload }) => keepObjectRoles(tx, eventRoles, { ...payload, objectId: payload.eventId }),
  }),
  keepFrom(roundOpened, { apply: (tx, { payload }) => keepRound(tx, payload, true) }),
  keepFrom(roundClosed, { apply: (tx, { payload }) => keepRound(tx, payload, false) }),
  reactTo(resultsPublished, { apply: (tx, { payload }, ctx) => takeResults(ctx, tx, payload) }),
  reactTo(eventStatusChanged, {
    // Projects have moved along long ago: only the terms.
    rebuild: (tx, event) => keep(tx, event),
    apply: async (tx, { payload }, ctx) => {
      await keepTerms(tx, payload)
      await follow(ctx, tx, payload, payload.reason)
    },
  }),
]

async function keep(tx: Transaction, { payload }: { payload: EventTerms }): Promise<void> {
  await keepTerms(tx, payload)
}

/**
 * Moves the projects of an event along with it. Events arrive in order, so this step is the right one even when newer
 * terms were already asked for.
 */
async function follow(
  ctx: Context,
  tx: Transaction,
  event: EventTerms,
  reason: string | null,
): Promise<void> {
  const steps = followsEvent[event.status]
  if (!steps) return
  const affected = await tx
    .select()
    .from(projects)
    .where(
      and(
        eq(projects.eventId, event.eventId),
        inArray(projects.status, Object.keys(steps) as ProjectStatus[]),
      ),
    )
    .orderBy(asc(projects.id))
    .for('update')
  for (const project of affected) {
    const to = steps[project.status]
    if (to) await move(ctx, tx, project, { to, reason })
  }
}
