import type { Context } from '@guildhall/kit/context'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { and, count, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { standing } from '../standing.ts'
import {
  type DecisionReleaseFailureRow,
  type DecisionReleaseRow,
  decisionReleaseFailures,
  decisionReleases,
  type StagedDecisionRow,
  stagedDecisions,
} from '../tables.ts'
import { organizationsWhere } from '../visibility.ts'

/** Decisions are seen by those who may make them, and by nobody else. */
export const decisionLoaders = (ctx: Context) => ({
  /** None or one per registration. */
  stagedDecision: byParent<StagedDecisionRow>(
    (ids) =>
      ctx.db
        .select()
        .from(stagedDecisions)
        .where(and(inArray(stagedDecisions.registrationId, [...ids]), reviewedBy(ctx, stagedDecisions))),
    (row) => row.registrationId,
  ),
  stagedCounts: byParent(
    (eventIds) =>
      ctx.db
        .select({ eventId: stagedDecisions.eventId, decision: stagedDecisions.decision, count: count() })
        .from(stagedDecisions)
        .where(and(inArray(stagedDecisions.eventId, [...eventIds]), isNull(stagedDecisions.releaseId)))
        .groupBy(stagedDecisions.eventId, stagedDecisions.decision),
    (row) => row.eventId,
  ),
  decisionRelease: byId<DecisionReleaseRow>(ctx, 'rel', decisionReleases, reviewedBy(ctx, decisionReleases)),
  releasesOfEvent: pagesByParent<DecisionReleaseRow, null>(ctx, {
    list: 'Event.decisionReleases',
    table: decisionReleases,
    parent: decisionReleases.eventId,
    parentOf: (row) => row.eventId,
    keys: [
      { column: decisionReleases.startedAt, direction: 'DESC', value: (row) => row.startedAt },
      { column: decisionReleases.id, direction: 'DESC', value: (row) => row.id },
    ],
    where: () => reviewedBy(ctx, decisionReleases),
  }),
  failuresOfRelease: pagesByParent<DecisionReleaseFailureRow, null>(ctx, {
    list: 'DecisionRelease.failures',
    table: decisionReleaseFailures,
    parent: decisionReleaseFailures.releaseId,
    parentOf: (row) => row.releaseId,
    keys: [
      {
        column: decisionReleaseFailures.registrationId,
        direction: 'ASC',
        value: (row) => row.registrationId,
      },
    ],
  }),
})

function reviewedBy(
  ctx: Context,
  { organizationId, eventId }: { organizationId: PgColumn; eventId: PgColumn },
): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  return or(
    inArray(organizationId, organizationsWhere(ctx, 'participants:review')),
    inArray(eventId, standing.objects(ctx, 'participants:review')),
  )
}
