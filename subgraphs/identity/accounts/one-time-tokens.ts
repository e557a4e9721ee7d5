import type { Context, Transaction } from '@guildhall/kit/context'
import { uuidOf } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, gt, isNull, lte, type SQL, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import { hashOf, randomToken } from '../domain/refresh-token.ts'
import { type OneTimeTokenRow, oneTimeTokens, users } from '../tables.ts'

type Purpose = OneTimeTokenRow['purpose']

/** How long a token is good. */
const minutesOf: Readonly<Record<Purpose, number>> = {
  VERIFY_EMAIL: 24 * 60,
  CHANGE_EMAIL: 24 * 60,
  RESET_PASSWORD: 30,
  LINK_IDENTITY: 10,
}
/** Nobody's inbox is filled from here. */
const onceInMs = 60_000

/** A token, and for whom: all but `LINK_IDENTITY` are carried by mails. */
export interface IssuedToken {
  token: string
  userId: string
  expiresAt: Date
}

/**
 * Makes a token for an account, and any earlier one of its purpose void, in one statement, which also decides between
 * rivals. Null: there is no such account, or it was mailed one less than a minute ago. All three cost the same.
 *
 * @param whose picks one account.
 */
export async function issueToken(
  ctx: Context,
  tx: Transaction,
  whose: SQL,
  purpose: Purpose,
  payload?: string,
): Promise<IssuedToken | null> {
  const now = ctx.now()
  const id = ctx.newId('ott')
  const token = randomToken()
  const written = {
    hash: hashOf(token),
    payload: payload === undefined ? null : ctx.vault.seal(payload, payloadPlace({ id })),
    createdAt: now,
    expiresAt: new Date(now.getTime() + minutesOf[purpose] * 60_000),
  }
  const row = tx
    .select({
      id: sql<string>`${uuidOf('ott', id)}::uuid`.as('id'),
      userId: users.id,
      purpose: sql<Purpose>`${purpose}::identity.token_purpose`.as('purpose'),
      hash: sql<string>`${written.hash}`.as('hash'),
      payload: sql<string | null>`${written.payload}`.as('payload'),
      createdAt: sql<Date>`${now.toISOString()}::timestamptz`.as('created_at'),
      expiresAt: sql<Date>`${written.expiresAt.toISOString()}::timestamptz`.as('expires_at'),
      usedAt: sql<Date | null>`null::timestamptz`.as('used_at'),
    })
    .from(users)
    .where(and(whose, eq(users.kind, 'PERSON')))
  const [issued] = await tx
    .insert(oneTimeTokens)
    .select(row)
    .onConflictDoUpdate({
      target: [oneTimeTokens.userId, oneTimeTokens.purpose],
      targetWhere: isNull(oneTimeTokens.usedAt),
      set: { id, ...written },
      ...(purpose === 'LINK_IDENTITY'
        ? {}
        : { setWhere: lte(oneTimeTokens.createdAt, new Date(now.getTime() - onceInMs)) }),
    })
    .returning({ userId: oneTimeTokens.userId })
  return issued ? { token, userId: issued.userId, expiresAt: written.expiresAt } : null
}

/** Looks at a token without spending it, for what has to be known before; {@link spendToken} decides. */
export async function findToken(
  db: Context['db'] | Transaction,
  purpose: Purpose,
  token: string,
  now: Date,
): Promise<Outcome<OneTimeTokenRow>> {
  const [found] = await db
    .select()
    .from(oneTimeTokens)
    .where(and(eq(oneTimeTokens.hash, hashOf(token)), eq(oneTimeTokens.purpose, purpose)))
  if (!found) return refused('TOKEN_INVALID', 'This link is not good, or a later one has taken its place.')
  if (found.usedAt) return refused('TOKEN_USED', 'This link was used before, or is void.')
  if (found.expiresAt <= now) return refused('TOKEN_EXPIRED', 'This link is too old; ask for a new one.')
  return done(found)
}

/** Compare-and-set: a token is spent once, whoever else may try. */
export async function spendToken(
  ctx: Context,
  tx: Transaction,
  purpose: Purpose,
  token: string,
): Promise<Outcome<OneTimeTokenRow>> {
  const now = ctx.now()
  const isOpen = and(isNull(oneTimeTokens.usedAt), gt(oneTimeTokens.expiresAt, now))
  const [spent] = await tx
    .update(oneTimeTokens)
    .set({ usedAt: now })
    .where(and(eq(oneTimeTokens.hash, hashOf(token)), eq(oneTimeTokens.purpose, purpose), isOpen))
    .returning()
  return spent ? done(spent) : findToken(tx, purpose, token, now)
}

/** Makes all links void that were sent to a person, e.g. because the address is no longer theirs. */
export async function voidTokens(ctx: Context, tx: Transaction, userId: string): Promise<void> {
  await tx
    .update(oneTimeTokens)
    .set({ usedAt: ctx.now() })
    .where(and(eq(oneTimeTokens.userId, userId), isNull(oneTimeTokens.usedAt)))
}

/** What a token is about. */
export const payloadOf = (ctx: Context, row: OneTimeTokenRow): string =>
  row.payload === null ? '' : ctx.vault.open(row.payload, payloadPlace(row))

/** Where the vault knows a payload by. */
export const payloadPlace = ({ id }: { id: string }): string => `identity.one_time_token.payload:${id}`

const refused = (code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_USED', message: string) =>
  failed(contract.failure(code, message, ['input', 'token']))
