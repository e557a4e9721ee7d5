import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, desc, eq, exists, gt, ne, not, notExists, type SQL, sql } from 'drizzle-orm'
import { isConflicted } from '../conflicts.ts'
import {
  type JudgingPairRow,
  type JudgingRoundRow,
  judgedProjects,
  judgePairs,
  pairwiseViews,
} from '../tables.ts'

/** A judge who was given a project looks at it for so long, as in gavel (`TIMEOUT`): others are sent elsewhere first. */
const busyMs = 5 * 60_000

/** The pair that a judge was given, or null; the lock on the round's assignments is held. */
export async function pairOf(
  tx: Transaction,
  roundId: string,
  judgeId: string,
): Promise<JudgingPairRow | null> {
  const [pair] = await tx
    .select()
    .from(judgePairs)
    .where(and(eq(judgePairs.roundId, roundId), eq(judgePairs.judgeId, judgeId)))
  return pair ?? null
}

/**
 * Gives a judge the next pair and writes it down: what they looked at last, and something new to compare it with. Like gavel
 * it prefers what nobody else looks at now, and of that what was compared least.
 *
 * @param previousId what stays; null: something is drawn first.
 */
export async function givePair(
  ctx: Context,
  tx: Transaction,
  round: JudgingRoundRow,
  judgeId: string,
  previousId: string | null,
): Promise<JudgingPairRow> {
  const first = previousId ?? (await drawn(ctx, tx, round, judgeId, null))
  if (first !== null && previousId === null) await noteView(ctx, tx, judgeId, first, false)
  const pair = {
    previousId: first,
    nextId: first === null ? null : await drawn(ctx, tx, round, judgeId, first),
    givenAt: ctx.now(),
  }
  const [row] = await tx
    .insert(judgePairs)
    .values({ ...pair, roundId: round.id, judgeId })
    .onConflictDoUpdate({ target: [judgePairs.roundId, judgePairs.judgeId], set: pair })
    .returning()
  if (!row) throw new Error('insert returned nothing')
  return row
}

/** A judge is not shown this one again. */
export async function noteView(
  ctx: Context,
  tx: Transaction,
  judgeId: string,
  judgedProjectId: string,
  isSkipped: boolean,
): Promise<void> {
  await tx
    .insert(pairwiseViews)
    .values({ judgeId, judgedProjectId, isSkipped, at: ctx.now() })
    .onConflictDoNothing()
}

/** Whether a judge may still compare this project. */
export async function isComparable(tx: Transaction, judgeId: string, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: judgedProjects.id })
    .from(judgedProjects)
    .where(and(eq(judgedProjects.id, id), inRunning(judgeId)))
  return rows.length > 0
}

const inRunning = (judgeId: string): SQL | undefined =>
  and(eq(judgedProjects.isOut, false), not(isConflicted(judgedProjects.projectId, judgeId)))

async function drawn(
  ctx: Context,
  tx: Transaction,
  round: JudgingRoundRow,
  judgeId: string,
  besideId: string | null,
): Promise<string | null> {
  const viewed = tx
    .select({ id: pairwiseViews.judgedProjectId })
    .from(pairwiseViews)
    .where(and(eq(pairwiseViews.judgedProjectId, judgedProjects.id), eq(pairwiseViews.judgeId, judgeId)))
  const lookedAt = tx
    .select({ id: judgePairs.nextId })
    .from(judgePairs)
    .where(
      and(
        eq(judgePairs.nextId, judgedProjects.id),
        ne(judgePairs.judgeId, judgeId),
        gt(judgePairs.givenAt, new Date(ctx.now().getTime() - busyMs)),
      ),
    )
  const [next] = await tx
    .select({ id: judgedProjects.id })
    .from(judgedProjects)
    .where(
      and(
        eq(judgedProjects.roundId, round.id),
        inRunning(judgeId),
        notExists(viewed),
        besideId === null ? undefined : ne(judgedProjects.id, besideId),
      ),
    )
    .orderBy(
      asc(exists(lookedAt)),
      asc(judgedProjects.reviewCount),
      // Every judge has an order of their own.
      desc(sql`hashtextextended(${judgeId} || ${judgedProjects.number}, ${round.seed})`),
      asc(judgedProjects.id),
    )
    .limit(1)
  return next?.id ?? null
}
