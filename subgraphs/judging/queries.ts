import { connection, keyset } from '@guildhall/kit/paging'
import { and, asc, count, desc, eq, isNull, notExists, sql } from 'drizzle-orm'
import { isConflicted } from './conflicts.ts'
import type { QueryLeaderboardArgs } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { resultOrder } from './order.ts'
import { manages } from './standing.ts'
import {
  assignments,
  ballotChoices,
  ballots,
  type JudgeAssignmentRow,
  type JudgingResultConnectionRow,
  judgedProjects,
  type PublicBallotRow,
  type PublicVoteCountRow,
  type PublicVoteRow,
  results,
  rounds,
  sheets,
} from './tables.ts'

const queueMax = 50
const countsMax = 50

/** What a judge still has to score, whatever has the fewest final sheets on top. */
export async function judgingQueue(ctx: Ctx, roundId: string): Promise<JudgeAssignmentRow[]> {
  const round = await ctx.loaders.round.load(roundId)
  const judgeId = ctx.viewer?.userId
  if (!round || judgeId === undefined || round.status === 'DRAFT') return []
  const final = ctx.db
    .select({ id: sheets.id })
    .from(sheets)
    .where(
      and(
        eq(sheets.judgedProjectId, judgedProjects.id),
        eq(sheets.judgeId, judgeId),
        eq(sheets.status, 'FINAL'),
      ),
    )
  const rows = await ctx.db
    .select({ assignment: assignments })
    .from(assignments)
    .innerJoin(judgedProjects, eq(judgedProjects.id, assignments.judgedProjectId))
    .where(
      and(
        eq(assignments.roundId, roundId),
        eq(assignments.judgeId, judgeId),
        eq(judgedProjects.isOut, false),
        notExists(final),
        sql`not ${isConflicted(judgedProjects.projectId, judgeId)}`,
      ),
    )
    .orderBy(asc(judgedProjects.reviewCount), asc(judgedProjects.number))
    .limit(queueMax)
  return rows.map(({ assignment }) => assignment)
}

/** A page of frozen results; null as long as the caller must not know them. */
export async function leaderboard(
  ctx: Ctx,
  { roundId, trackId, first, after }: QueryLeaderboardArgs,
): Promise<JudgingResultConnectionRow | null> {
  const round = await ctx.loaders.round.load(roundId)
  if (!round) return null
  const isOut = round.status === 'PUBLISHED' || (round.status === 'CLOSED' && (await manages(ctx, round)))
  if (!isOut) return null
  const page = { first: first ?? 20, after }
  const set = keyset('leaderboard', resultOrder, page)
  const own = and(
    eq(results.roundId, roundId),
    trackId == null ? isNull(results.trackId) : eq(results.trackId, trackId),
  )
  const rows = await ctx.db
    .select()
    .from(results)
    .where(and(own, set.where))
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection('leaderboard', resultOrder, page, rows, async () => {
    const [all] = await ctx.db.select({ count: count() }).from(results).where(own)
    return Number(all?.count ?? 0)
  })
}

/** How many rounds of an event are open. */
export async function openRoundCount(ctx: Ctx, eventId: string): Promise<number> {
  const [open] = await ctx.db
    .select({ count: count() })
    .from(rounds)
    .where(and(eq(rounds.eventId, eventId), eq(rounds.status, 'OPEN')))
  return Number(open?.count ?? 0)
}

/** The projects with most votes, when the vote is over; those who manage judging see them before. */
export async function publicVoteCounts(ctx: Ctx, eventId: string): Promise<PublicVoteCountRow[] | null> {
  const event = await ctx.loaders.eventTerms.load(eventId)
  const vote = event && (await ctx.loaders.publicVote.load(eventId))
  if (!vote) return null
  const isOver = ctx.now() >= vote.closesAt
  if (!isOver && !(await manages(ctx, { eventId, organizationId: vote.organizationId }))) return null
  const voteCount = count()
  const rows = await ctx.db
    .select({ projectId: ballotChoices.projectId, voteCount })
    .from(ballotChoices)
    .where(eq(ballotChoices.eventId, eventId))
    .groupBy(ballotChoices.projectId)
    .orderBy(desc(voteCount), asc(ballotChoices.projectId))
    .limit(countsMax)
  return rows.map((row) => ({ projectId: row.projectId, voteCount: Number(row.voteCount) }))
}

/** The caller's own ballot. */
export async function ownBallot(ctx: Ctx, vote: PublicVoteRow): Promise<PublicBallotRow | null> {
  if (!ctx.viewer) return null
  const [ballot] = await ctx.db
    .select()
    .from(ballots)
    .where(and(eq(ballots.eventId, vote.id), eq(ballots.voterId, ctx.viewer.userId)))
  return ballot ?? null
}

/** What a ballot names. */
export async function choicesOf(ctx: Ctx, ballot: PublicBallotRow): Promise<string[]> {
  const rows = await ctx.db
    .select({ projectId: ballotChoices.projectId })
    .from(ballotChoices)
    .where(eq(ballotChoices.ballotId, ballot.id))
    .orderBy(asc(ballotChoices.projectId))
  return rows.map(({ projectId }) => projectId)
}
