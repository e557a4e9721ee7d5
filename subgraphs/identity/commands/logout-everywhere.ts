import { done, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import type { LogoutEverywhereInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { revokeSessions } from '../revoke-sessions.ts'
import { sessions } from '../tables.ts'

/** Ends every session of the person calling. */
export async function logoutEverywhere(ctx: Ctx, input: LogoutEverywhereInput): Promise<Outcome<number>> {
  const { userId } = ctx.requireViewer()
  return ctx.transaction(
    'logoutEverywhere',
    async (tx) => done(await revokeSessions(ctx, tx, 'LOGOUT_EVERYWHERE', eq(sessions.userId, userId))),
    {},
    input,
  )
}
