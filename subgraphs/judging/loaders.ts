import type { Context } from '@guildhall/kit/context'
import { historyByParent } from '@guildhall/kit/history'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { and, asc, eq, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import { assignmentOrder, conflictOrder, judgedOrder, roundsMax, sheetOrder } from './order.ts'
import {
  assignments,
  awards,
  type ConflictOfInterestRow,
  type CriterionScoreRow,
  conflicts,
  criteria,
  type EventTermsRow,
  eventTerms,
  type JudgeAssignmentRow,
  type JudgedProjectRow,
  type JudgingAwardRow,
  type JudgingCriterionRow,
  type JudgingResultRow,
  type JudgingRoundRow,
  type JudgingRoundTransitionRow,
  judgedProjects,
  type PairwiseVoteRow,
  type ProjectFactRow,
  type PublicVoteRow,
  projectFacts,
  publicVotes,
  results,
  rounds,
  roundTransitions,
  type ScoreSheetRow,
  scores,
  sheets,
  teamMembers,
  votes,
} from './tables.ts'
import {
  visibleAssignments,
  visibleConflicts,
  visibleCriteria,
  visibleEvents,
  visibleJudged,
  visibleRounds,
  visibleSheets,
  visibleVotes,
} from './visibility.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. */
export const loaders = (ctx: Context) => ({
  eventTerms: byId<EventTermsRow>(ctx, 'evt', eventTerms, visibleEvents(ctx)),
  /** Of what the caller sees anyhow: the names of its tracks, and who is in its team. */
  ownTerms: byId<EventTermsRow>(ctx, 'evt', eventTerms),
  projectFacts: byId<ProjectFactRow>(ctx, 'prj', projectFacts),
  round: byId<JudgingRoundRow>(ctx, 'rnd', rounds, visibleRounds(ctx)),
  /** Of what the caller sees anyhow: whether it is blind, and where it stands. */
  ownRound: byId<JudgingRoundRow>(ctx, 'rnd', rounds),
  criterion: byId<JudgingCriterionRow>(ctx, 'crt', criteria, visibleCriteria(ctx)),
  /** Of sheets that the caller sees anyhow. */
  ownCriterion: byId<JudgingCriterionRow>(ctx, 'crt', criteria),
  criteria: byParent<JudgingCriterionRow>(
    (roundIds) =>
      ctx.db
        .select()
        .from(criteria)
        .where(inArray(criteria.roundId, [...roundIds]))
        .orderBy(asc(criteria.createdAt), asc(criteria.id)),
    (row) => row.roundId,
  ),
  roundsOfEvent: byParent<JudgingRoundRow>(
    (eventIds) =>
      ctx.db
        .select()
        .from(rounds)
        .where(and(inArray(rounds.eventId, [...eventIds]), visibleRounds(ctx)))
        .orderBy(asc(rounds.createdAt), asc(rounds.id))
        .limit(roundsMax * eventIds.length),
    (row) => row.eventId,
  ),
  history: historyByParent<JudgingRoundTransitionRow>(
    ctx,
    roundTransitions,
    roundTransitions.roundId,
    (row) => row.roundId,
  ),
  judgedProject: byId<JudgedProjectRow>(ctx, 'jpr', judgedProjects, visibleJudged(ctx)),
  judgedOfRound: pagesByParent<JudgedProjectRow, null>(ctx, {
    list: 'JudgingRound.projects',
    table: judgedProjects,
    parent: judgedProjects.roundId,
    parentOf: (row) => row.roundId,
    keys: judgedOrder,
    where: () => visibleJudged(ctx),
  }),
  assignment: byId<JudgeAssignmentRow>(ctx, 'jas', assignments, visibleAssignments(ctx)),
  assignmentsOfRound: pagesByParent<JudgeAssignmentRow, null>(ctx, {
    list: 'JudgingRound.assignments',
    table: assignments,
    parent: assignments.roundId,
    parentOf: (row) => row.roundId,
    keys: assignmentOrder,
    where: () => visibleAssignments(ctx),
  }),
  conflict: byId<ConflictOfInterestRow>(ctx, 'coi', conflicts, visibleConflicts(ctx)),
  conflictsOfEvent: pagesByParent<ConflictOfInterestRow, null>(ctx, {
    list: 'Event.conflictsOfInterest',
    table: conflicts,
    parent: conflicts.eventId,
    parentOf: (row) => row.eventId,
    keys: conflictOrder,
    where: () => visibleConflicts(ctx),
  }),
  sheet: byId<ScoreSheetRow>(ctx, 'scs', sheets, visibleSheets(ctx)),
  sheetsOfJudged: pagesByParent<ScoreSheetRow, null>(ctx, {
    list: 'JudgedProject.scoreSheets',
    table: sheets,
    parent: sheets.judgedProjectId,
    parentOf: (row) => row.judgedProjectId,
    keys: sheetOrder,
    where: () => visibleSheets(ctx),
  }),
  /** By candidate: an assignment's own sheet is among them. */
  seenSheets: byParent<ScoreSheetRow>(
    (judgedProjectIds) =>
      ctx.db
        .select()
        .from(sheets)
        .where(and(inArray(sheets.judgedProjectId, [...judgedProjectIds]), visibleSheets(ctx))),
    (row) => row.judgedProjectId,
  ),
  scores: byParent<CriterionScoreRow>(
    (sheetIds) =>
      ctx.db
        .select()
        .from(scores)
        .where(inArray(scores.sheetId, [...sheetIds]))
        .orderBy(asc(scores.criterionId)),
    (row) => row.sheetId,
  ),
  vote: byId<PairwiseVoteRow>(ctx, 'pwv', votes, visibleVotes(ctx)),
  awards: byParent<JudgingAwardRow>(
    (roundIds) =>
      ctx.db
        .select()
        .from(awards)
        .where(inArray(awards.roundId, [...roundIds]))
        .orderBy(asc(awards.place), asc(awards.id)),
    (row) => row.roundId,
  ),
  /** Published ones over all tracks. */
  resultsOfProject: byParent<JudgingResultRow>(
    async (projectIds) => {
      const rows = await ctx.db
        .select({ result: results })
        .from(results)
        .innerJoin(rounds, eq(rounds.id, results.roundId))
        .where(
          and(
            inArray(results.projectId, [...projectIds]),
            isNull(results.trackId),
            eq(rounds.status, 'PUBLISHED'),
            visibleRounds(ctx),
          ),
        )
        .orderBy(asc(rounds.publishedAt), asc(results.id))
      return rows.map(({ result }) => result)
    },
    (row) => row.projectId,
  ),
  /** Rounds that are blind as yet, by project: of these a judge must not learn which candidate it is. */
  blindRounds: byParent<{ projectId: string }>(
    (projectIds) =>
      ctx.db
        .selectDistinct({ projectId: judgedProjects.projectId })
        .from(judgedProjects)
        .innerJoin(rounds, eq(rounds.id, judgedProjects.roundId))
        .where(
          and(
            inArray(judgedProjects.projectId, [...projectIds]),
            eq(rounds.isBlind, true),
            ne(rounds.status, 'PUBLISHED'),
          ),
        ),
    (row) => row.projectId,
  ),
  /** The caller's own places in teams, by project. */
  ownTeams: byParent<{ projectId: string }>(
    (projectIds) =>
      ctx.db
        .select({ projectId: teamMembers.projectId })
        .from(teamMembers)
        .where(
          and(
            inArray(teamMembers.projectId, [...projectIds]),
            ctx.viewer ? eq(teamMembers.userId, ctx.viewer.userId) : sql`false`,
          ),
        ),
    (row) => row.projectId,
  ),
  /** What judges wrote, by candidate. */
  comments: byParent<{ judgedProjectId: string; comment: string | null }>(
    (judgedProjectIds) =>
      ctx.db
        .select({ judgedProjectId: sheets.judgedProjectId, comment: sheets.comment })
        .from(sheets)
        .where(
          and(
            inArray(sheets.judgedProjectId, [...judgedProjectIds]),
            eq(sheets.status, 'FINAL'),
            isNull(sheets.exclusion),
            isNotNull(sheets.comment),
          ),
        )
        .orderBy(asc(sheets.id)),
    (row) => row.judgedProjectId,
  ),
  publicVote: byId<PublicVoteRow>(ctx, 'evt', publicVotes),
})
