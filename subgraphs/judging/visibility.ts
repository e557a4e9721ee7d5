import type { Context } from '@guildhall/kit/context'
import { and, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { standing } from './standing.ts'
import {
  assignments,
  conflicts,
  criteria,
  eventTerms,
  judgedProjects,
  judgePairs,
  pairwiseViews,
  rounds,
  sheets,
  votes,
} from './tables.ts'

/** What belongs to events whose judging the caller manages; undefined: everything does. */
export function managed(
  ctx: Context,
  { eventId, organizationId }: { eventId: PgColumn; organizationId: PgColumn },
): SQL | undefined {
  const organizations = Object.keys(ctx.viewer?.grants ?? {}).filter((id) =>
    ctx.can('judging:manage', { organizationId: id }),
  )
  return or(
    inArray(organizationId, organizations),
    sql`${eventId} in ${standing.objects(ctx, 'judging:manage')}`,
  )
}

/** The same rule by which events shows an event; whoever has a role there sees it, too. */
export function visibleEvents(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  return or(
    and(
      ne(eventTerms.status, 'DRAFT'),
      or(
        ne(eventTerms.visibility, 'ORGANIZATION'),
        inArray(eventTerms.organizationId, Object.keys(ctx.viewer?.grants ?? {})),
        sql`${eventTerms.id} in ${standing.objects(ctx, null)}`,
      ),
    ),
    managed(ctx, { eventId: eventTerms.id, organizationId: eventTerms.organizationId }),
  )
}

const shownEvents = (ctx: Context) =>
  ctx.db.select({ id: eventTerms.id }).from(eventTerms).where(visibleEvents(ctx))

/** A draft of a round is for those who manage judging, the rest for whoever sees the event. */
export function visibleRounds(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  return or(and(ne(rounds.status, 'DRAFT'), inArray(rounds.eventId, shownEvents(ctx))), managed(ctx, rounds))
}

export const visibleCriteria = (ctx: Context): SQL | undefined =>
  ctx.caller.kind === 'service'
    ? undefined
    : inArray(criteria.roundId, ctx.db.select({ id: rounds.id }).from(rounds).where(visibleRounds(ctx)))

const managedRounds = (ctx: Context) =>
  ctx.db.select({ id: rounds.id }).from(rounds).where(managed(ctx, rounds))

const publishedRounds = (ctx: Context) =>
  ctx.db
    .select({ id: rounds.id })
    .from(rounds)
    .where(and(eq(rounds.status, 'PUBLISHED'), inArray(rounds.eventId, shownEvents(ctx))))

const begunRounds = (ctx: Context) =>
  ctx.db.select({ id: rounds.id }).from(rounds).where(ne(rounds.status, 'DRAFT'))

/**
 * A candidate is seen by managers, by the judges who were given it once the round has begun, and by whoever sees the event
 * once the results are published.
 */
export function visibleJudged(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const userId = ctx.viewer?.userId
  return or(
    inArray(judgedProjects.roundId, managedRounds(ctx)),
    inArray(judgedProjects.roundId, publishedRounds(ctx)),
    userId === undefined
      ? undefined
      : and(
          inArray(judgedProjects.roundId, begunRounds(ctx)),
          or(
            inArray(
              judgedProjects.id,
              ctx.db
                .select({ id: assignments.judgedProjectId })
                .from(assignments)
                .where(eq(assignments.judgeId, userId)),
            ),
            inArray(
              judgedProjects.id,
              ctx.db
                .select({ id: pairwiseViews.judgedProjectId })
                .from(pairwiseViews)
                .where(eq(pairwiseViews.judgeId, userId)),
            ),
            inArray(
              judgedProjects.id,
              ctx.db.select({ id: judgePairs.nextId }).from(judgePairs).where(eq(judgePairs.judgeId, userId)),
            ),
          ),
        ),
  )
}

/** What a judge did or has to do is seen by the judge and by managers. */
const ownOrManaged = (ctx: Context, judgeId: PgColumn, roundId: PgColumn): SQL | undefined =>
  ctx.caller.kind === 'service'
    ? undefined
    : or(ctx.viewer ? eq(judgeId, ctx.viewer.userId) : undefined, inArray(roundId, managedRounds(ctx)))

export const visibleAssignments = (ctx: Context) =>
  ownOrManaged(ctx, assignments.judgeId, assignments.roundId)

export const visibleVotes = (ctx: Context) => ownOrManaged(ctx, votes.judgeId, votes.roundId)

/** The other judges of the event see a sheet once the results are published. */
export function visibleSheets(ctx: Context): SQL | undefined {
  const own = ownOrManaged(ctx, sheets.judgeId, sheets.roundId)
  if (own === undefined) return undefined
  const judged = ctx.db
    .select({ id: rounds.id })
    .from(rounds)
    .where(
      and(
        eq(rounds.status, 'PUBLISHED'),
        sql`${rounds.eventId} in ${standing.objects(ctx, 'judging:judge')}`,
      ),
    )
  return or(own, and(eq(sheets.status, 'FINAL'), inArray(sheets.roundId, judged)))
}

export const visibleConflicts = (ctx: Context): SQL | undefined =>
  ctx.caller.kind === 'service'
    ? undefined
    : or(ctx.viewer ? eq(conflicts.judgeId, ctx.viewer.userId) : undefined, managed(ctx, conflicts))
