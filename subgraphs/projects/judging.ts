import type { resultsPublished } from '@guildhall/judging/contract'
import type { Context, Transaction } from '@guildhall/kit/context'
import type { EventContract } from '@guildhall/kit/contract'
import { and, asc, eq, inArray, lt } from 'drizzle-orm'
import { stepsOf } from './domain/results.ts'
import { move } from './moves.ts'
import { judgingRounds, projects } from './tables.ts'

interface HeardRound {
  roundId: string
  eventId: string
  isBlind: boolean
  version: number
}

/** Keeps the newest that was heard of a round. */
export async function keepRound(
  tx: Transaction,
  { roundId, eventId, isBlind, version }: HeardRound,
  isOpen: boolean,
): Promise<void> {
  const row = { eventId, isBlind, isOpen, version }
  await tx
    .insert(judgingRounds)
    .values({ id: roundId, ...row })
    .onConflictDoUpdate({ target: judgingRounds.id, set: row, setWhere: lt(judgingRounds.version, version) })
}

type Results = typeof resultsPublished extends EventContract<infer Payload> ? Payload : never

/** Moves the judged projects to what published results made of them. Locked in the order of their ids, as everywhere. */
export async function takeResults(
  ctx: Context,
  tx: Transaction,
  { eventId, winners, finalists, projectIds }: Results,
): Promise<void> {
  if (projectIds.length === 0) return
  const judged = await tx
    .select()
    .from(projects)
    .where(and(eq(projects.eventId, eventId), inArray(projects.id, projectIds)))
    .orderBy(asc(projects.id))
    .for('update')
  for (const project of judged) {
    const places = winners.filter((one) => one.projectId === project.id).map(({ place }) => place)
    let moved = project
    for (const to of stepsOf(project.status, { isFinalist: finalists.includes(project.id), places })) {
      moved = await move(ctx, tx, moved, { to })
    }
  }
}
