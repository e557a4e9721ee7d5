import type { Context, Transaction } from '@guildhall/kit/context'
import { and, arrayContains, eq, inArray, isNull, max, notInArray } from 'drizzle-orm'
import { shuffled } from '../domain/seeded.ts'
import {
  type JudgingRoundRow,
  judgedProjects,
  type ProjectFactRow,
  projectFacts,
  results,
} from '../tables.ts'

/** Statuses in which a project is judged in a first round. */
export const handedIn = ['SUBMITTED', 'UNDER_REVIEW']
/** Statuses in which a project is judged no more. */
export const outOfRunning = ['WITHDRAWN', 'DISQUALIFIED']

/**
 * Brings the candidates of a draft up to date: what was handed in, or the finalists of the round before. Numbers are drawn
 * by lot, and ids made in their order: neither tells which project was started first. Locks on the round and its
 * assignments are held.
 */
export async function gatherCandidates(ctx: Context, tx: Transaction, round: JudgingRoundRow): Promise<void> {
  const wanted = await wantedProjects(tx, round)
  const wantedIds = wanted.map(({ id }) => id)
  await tx
    .delete(judgedProjects)
    .where(
      and(
        eq(judgedProjects.roundId, round.id),
        wantedIds.length === 0 ? undefined : notInArray(judgedProjects.projectId, wantedIds),
      ),
    )
  const kept = await tx.select().from(judgedProjects).where(eq(judgedProjects.roundId, round.id))
  const known = new Map(kept.map((row) => [row.projectId, row]))
  for (const facts of wanted) {
    const row = known.get(facts.id)
    if (row && JSON.stringify(shownOf(row)) !== JSON.stringify(shownOf(facts))) {
      await tx.update(judgedProjects).set(shownOf(facts)).where(eq(judgedProjects.id, row.id))
    }
  }
  const added = wanted.filter(({ id }) => !known.has(id))
  await addCandidates(ctx, tx, round, added)
}

/** Adds projects to a round; the lock on its assignments is held. */
export async function addCandidates(
  ctx: Context,
  tx: Transaction,
  round: JudgingRoundRow,
  added: readonly ProjectFactRow[],
): Promise<void> {
  if (added.length === 0) return
  const [highest] = await tx
    .select({ number: max(judgedProjects.number) })
    .from(judgedProjects)
    .where(eq(judgedProjects.roundId, round.id))
  const from = (highest?.number ?? 0) + 1
  const inOrder = [...added].sort((a, b) => (a.id < b.id ? -1 : 1))
  const rows = shuffled(inOrder, round.seed + from).map((facts, index) => ({
    id: ctx.newId('jpr'),
    roundId: round.id,
    projectId: facts.id,
    number: from + index,
    ...shownOf(facts),
  }))
  await tx.insert(judgedProjects).values(rows).onConflictDoNothing()
}

function wantedProjects(tx: Transaction, round: JudgingRoundRow): Promise<ProjectFactRow[]> {
  const finalists = tx
    .select({ id: results.projectId })
    .from(results)
    .where(
      and(
        eq(results.roundId, round.previousRoundId ?? round.id),
        eq(results.isFinalist, true),
        isNull(results.trackId),
      ),
    )
  return tx
    .select()
    .from(projectFacts)
    .where(
      and(
        eq(projectFacts.eventId, round.eventId),
        round.previousRoundId === null
          ? inArray(projectFacts.status, handedIn)
          : and(inArray(projectFacts.id, finalists), notInArray(projectFacts.status, outOfRunning)),
        round.trackId === null ? undefined : arrayContains(projectFacts.trackIds, [round.trackId]),
      ),
    )
}

type Shown = Pick<ProjectFactRow, 'title' | 'summary' | 'demoUrl' | 'trackIds'>

const shownOf = ({ title, summary, demoUrl, trackIds }: Shown): Shown => ({
  title,
  summary,
  demoUrl,
  trackIds,
})
