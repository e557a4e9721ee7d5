import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import { leaveOut } from '../assigning/leave-out.ts'
import contract from '../contract.ts'
import type { DeclareConflictInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { judgesOf } from '../rounds/judges.ts'
import { requireJudge, requireManager } from '../standing.ts'
import { type ConflictOfInterestRow, conflicts, type EventTermsRow } from '../tables.ts'

/** Says that a judge must not judge a project; what was scored before is left out, marked. */
export async function declareConflict(
  ctx: Ctx,
  input: DeclareConflictInput,
): Promise<Outcome<ConflictOfInterestRow>> {
  const { userId } = ctx.requireViewer()
  const judgeId = input.judgeId ?? userId
  const home = await homeOf(ctx, input)
  if (home === null) return failed(noSuchProject(input))
  const { event, projectId } = home
  const place = { eventId: event.id, organizationId: event.organizationId }
  await (judgeId === userId ? requireJudge(ctx, place) : requireManager(ctx, place))
  const reason = input.reason.trim()
  if (reason === '') return failed(contract.failure('REASON_REQUIRED', 'Say why.', ['input', 'reason']))
  const problems = problemsOf(z.object({ reason: line(1_000) }), { reason })
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'declareConflict',
    async (tx) => {
      if (!(await judgesOf(tx, event.id)).includes(judgeId)) {
        return failed(
          contract.failure('NOT_A_JUDGE', 'The person is no judge of the event.', ['input', 'judgeId']),
        )
      }
      const held = await leaveOut.hold(tx, event.id)
      const [conflict] = await tx
        .insert(conflicts)
        .values({
          ...place,
          id: ctx.newId('coi'),
          projectId,
          judgeId,
          declaredById: userId,
          reason,
          declaredAt: ctx.now(),
        })
        .returning()
      if (!conflict) throw new Error('insert returned nothing')
      await leaveOut.apply(ctx, tx, held, { judgeId, projectId })
      return done(conflict)
    },
    {
      conflict_of_interest_once: () =>
        contract.failure('ALREADY_DECLARED', 'This conflict was declared before.', ['input']),
    },
    input,
  )
}

/** The event and the project that are meant, as far as the caller may see them. */
async function homeOf(
  ctx: Ctx,
  { judgedProjectId, projectId }: DeclareConflictInput,
): Promise<{ event: EventTermsRow; projectId: string } | null> {
  if ((judgedProjectId == null) === (projectId == null)) return null
  const judged = judgedProjectId == null ? null : await ctx.loaders.judgedProject.load(judgedProjectId)
  const id = judged?.projectId ?? projectId
  const facts = id == null ? null : await ctx.loaders.projectFacts.load(id)
  const event = facts && (await ctx.loaders.eventTerms.load(facts.eventId))
  return event ? { event, projectId: facts.id } : null
}

const noSuchProject = ({ judgedProjectId }: DeclareConflictInput) =>
  contract.failure('NOT_FOUND', 'Name one project that you may see.', [
    'input',
    judgedProjectId == null ? 'projectId' : 'judgedProjectId',
  ])
