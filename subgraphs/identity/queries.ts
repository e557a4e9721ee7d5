import { anyOf } from '@guildhall/kit/any-of'
import { BadUserInput } from '@guildhall/kit/errors'
import { historyMax } from '@guildhall/kit/history'
import { isId } from '@guildhall/kit/ids'
import { and, desc, eq, isNotNull } from 'drizzle-orm'
import { normalizeEmail } from './domain/email.ts'
import type { MailRecipient } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { type SigningKeyRow, signingKeys, users } from './tables.ts'

/** The account that has this address. */
export async function userIdByEmail(ctx: Ctx, email: string): Promise<string | null> {
  const [found] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
  return found?.id ?? null
}

/** People asked for at once at most. */
const recipientsMax = 1_000

/** Addresses that may be written to; whoever is suspended, has left or was erased has none. @throws BadUserInput. */
export async function mailRecipients(ctx: Ctx, userIds: readonly string[]): Promise<MailRecipient[]> {
  if (userIds.length > recipientsMax) throw new BadUserInput(`At most ${recipientsMax} people at once.`)
  const rows = await ctx.db
    .select({ userId: users.id, email: users.email, locale: users.locale })
    .from(users)
    .where(
      and(
        anyOf(
          users.id,
          userIds.filter((id) => isId('usr', id)),
        ),
        eq(users.status, 'ACTIVE'),
        isNotNull(users.emailVerifiedAt),
      ),
    )
  return rows.flatMap(({ email, ...person }) => (email === null ? [] : [{ ...person, email }]))
}

/** The latest signing keys, whatever became of them. */
export async function signingKeyRing(ctx: Ctx): Promise<SigningKeyRow[]> {
  ctx.require('keys:manage', { organizationId: null })
  return ctx.db
    .select()
    .from(signingKeys)
    .orderBy(desc(signingKeys.createdAt), desc(signingKeys.kid))
    .limit(historyMax)
}
