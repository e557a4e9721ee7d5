import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { giveOne, hasEnough } from '../assigning/give-one.ts'
import { mustNotJudge } from '../conflicts.ts'
import contract, { judgeAssigned } from '../contract.ts'
import { inConflict, noSuchCandidate, notEditable, wrongMode } from '../failures.ts'
import type { AssignJudgeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { judgesOf } from '../rounds/judges.ts'
import { holdRound, lockAssignments } from '../rounds/lock-round.ts'
import { roundFactsOf } from '../rounds/round-facts.ts'
import { requireManager } from '../standing.ts'
import type { JudgeAssignmentRow } from '../tables.ts'

/** Gives a judge one more project. */
export async function assignJudge(ctx: Ctx, input: AssignJudgeInput): Promise<Outcome<JudgeAssignmentRow>> {
  const seen = await ctx.loaders.judgedProject.load(input.judgedProjectId)
  const home = seen && (await ctx.loaders.round.load(seen.roundId))
  if (!home) return failed(noSuchCandidate())
  await requireManager(ctx, home)
  if (home.mode !== 'RUBRIC') return failed(wrongMode('judgedProjectId'))

  return ctx.transaction(
    'assignJudge',
    async (tx) => {
      const round = await holdRound(tx, home.id)
      if (round.status !== 'DRAFT' && round.status !== 'OPEN') return failed(notEditable(round.status, 'id'))
      await lockAssignments(tx, round.id)
      if (!(await judgesOf(tx, round.eventId)).includes(input.judgeId)) {
        return failed(
          contract.failure('NOT_A_JUDGE', 'The person is no judge of the event.', ['input', 'judgeId']),
        )
      }
      if (await mustNotJudge(tx, input.judgeId, seen.projectId)) return failed(inConflict('judgeId'))
      if (await hasEnough(tx, round, input.judgeId)) {
        return failed(contract.failure('JUDGE_HAS_ENOUGH', 'The judge has enough.', ['input', 'judgeId']))
      }
      const row = await giveOne(ctx, tx, round, {
        judgedProjectId: seen.id,
        judgeId: input.judgeId,
        origin: 'MANUAL',
      })
      const { judgeIds: _all, ...facts } = await roundFactsOf(ctx, tx, round)
      await tx.emit(judgeAssigned, { ...facts, judgeId: input.judgeId, projectCount: 1 })
      return done(row)
    },
    {
      judge_assignment_once: () =>
        contract.failure('ALREADY_ASSIGNED', 'The judge has this project already.', ['input', 'judgeId']),
    },
    input,
  )
}
