import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { WithdrawJoinRequestInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { joinRequests, type ProjectJoinRequestRow } from '../tables.ts'

/** The caller takes a request of their own back, unless it was answered before. */
export async function withdrawJoinRequest(
  ctx: Ctx,
  input: WithdrawJoinRequestInput,
): Promise<Outcome<ProjectJoinRequestRow>> {
  const { userId } = ctx.requireViewer()
  const request = await ctx.loaders.joinRequest.load(input.id)
  const path = ['input', 'id']
  if (request?.userId !== userId) {
    return failed(contract.failure('NOT_FOUND', 'There is no such request of yours.', path))
  }
  return ctx.transaction(
    'withdrawJoinRequest',
    async (tx) => {
      const [withdrawn] = await tx
        .update(joinRequests)
        .set({ status: 'WITHDRAWN', decidedAt: ctx.now() })
        .where(and(eq(joinRequests.id, request.id), eq(joinRequests.status, 'PENDING')))
        .returning()
      return withdrawn
        ? done(withdrawn)
        : failed(contract.failure('ALREADY_ANSWERED', 'The request is not open any more.', path))
    },
    {},
    input,
  )
}
