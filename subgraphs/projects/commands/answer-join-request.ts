import type { Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract, { joinRequestAnswered } from '../contract.ts'
import { factsFor } from '../facts.ts'
import type { AnswerJoinRequestInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject } from '../moves.ts'
import { takesPart } from '../projection.ts'
import { joinRequests, type ProjectJoinRequestRow, type ProjectRow } from '../tables.ts'
import { requireInviter } from '../team.ts'
import { seatConstraints, takeIn } from '../teams/take-in.ts'

const path = ['input', 'id']

/** Takes somebody in who has asked, or turns them down; a request is answered once. */
export async function answerJoinRequest(
  ctx: Ctx,
  input: AnswerJoinRequestInput,
): Promise<Outcome<ProjectJoinRequestRow>> {
  const request = await ctx.loaders.joinRequest.load(input.id)
  if (!request) return failed(noSuchRequest())
  const project = await ctx.loaders.project.load(request.projectId)
  if (!project) ctx.require('projects:manage', { organizationId: null })
  else await requireInviter(ctx, project)
  if (!project) return failed(noSuchRequest())
  const { userId } = request
  if (input.isAccepted && project.eventId && !(await takesPart(ctx, project.eventId, userId))) {
    return failed(contract.failure('NOT_A_PARTICIPANT', 'The person has no seat in the event.', path))
  }

  return ctx.transaction(
    'answerJoinRequest',
    async (tx) => {
      if (input.isAccepted) {
        const taken = await takeIn(ctx, tx, project, { userId, path, requestId: request.id })
        if (!taken.ok) return taken
      }
      const answered = await decide(ctx, tx, request, input.isAccepted)
      if (!answered)
        return failed(contract.failure('ALREADY_ANSWERED', 'The request is not open any more.', path))
      await tell(ctx, tx, project, answered, input.isAccepted)
      return done(answered)
    },
    seatConstraints(path),
    input,
  )
}

async function decide(
  ctx: Ctx,
  tx: Transaction,
  request: ProjectJoinRequestRow,
  isAccepted: boolean,
): Promise<ProjectJoinRequestRow | undefined> {
  const [decided] = await tx
    .update(joinRequests)
    .set({
      status: isAccepted ? 'ACCEPTED' : 'DECLINED',
      decidedAt: ctx.now(),
      decidedBy: ctx.viewer?.userId ?? null,
    })
    .where(and(eq(joinRequests.id, request.id), eq(joinRequests.status, 'PENDING')))
    .returning()
  return decided
}

async function tell(
  ctx: Ctx,
  tx: Transaction,
  { id }: ProjectRow,
  { id: requestId, userId }: ProjectJoinRequestRow,
  isAccepted: boolean,
): Promise<void> {
  const facts = await factsFor(tx, await lockProject(tx, id), ctx.viewer?.userId ?? null)
  await tx.emit(joinRequestAnswered, { ...facts, requestId, userId, isAccepted })
}

const noSuchRequest = (): Failure => contract.failure('NOT_FOUND', 'There is no such request.', path)
