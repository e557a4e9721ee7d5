import type { Context } from '@guildhall/kit/context'
import { byId } from '@guildhall/kit/loaders'
import { sql } from 'drizzle-orm'
import { type UserRow, users } from './tables.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. People are seen by those who are logged in; what of them, `resolvers/user.ts` decides. */
export const loaders = (ctx: Context) => ({
  user: byId<UserRow>(ctx, 'usr', users, ctx.caller.kind === 'anonymous' ? sql`false` : undefined),
})
