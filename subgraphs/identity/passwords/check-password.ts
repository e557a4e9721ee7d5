import type { Context } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull } from 'drizzle-orm'
import { accountLocked } from '../accounts/account-locked.ts'
import { createKeyedLimiter } from '../accounts/limiter.ts'
import {
  type Count,
  count,
  forget,
  type Guard,
  guardOf,
  lockedUntil,
  takeBack,
} from '../accounts/throttle.ts'
import contract from '../contract.ts'
import { accountPolicy, networkOf, networkPolicy, pairPolicy } from '../domain/lockout.ts'
import { recordSecurity } from '../security/security-log.ts'
import { passwordCredentials, sessions } from '../tables.ts'
import { hashPassword, needsNewHash, verifyPassword } from './passwords.ts'

/** Whose password is tried. */
export interface Tried {
  /** Normalised; an address that nobody has is counted like any other. */
  email: string
  /** Null: nobody has this address. */
  userId: string | null
  /** Null: there is no account, or it has no password. */
  hash: string | null
}

/**
 * Attempts at one account from one network are made one after the other: somebody who logs in on ten devices at once does
 * not look like somebody who guesses. With several processes, that many are made at a time.
 */
const oneByOne = createKeyedLimiter(1, 50)

/**
 * Checks a password, unless too many wrong ones were tried: every place that takes one takes it to here. Who has an
 * account is not told: an address that nobody has goes the same way with the same statements, and costs a hash too.
 *
 * @returns the hash that the password has now.
 */
export async function checkPassword(
  ctx: Context,
  tried: Tried,
  password: string,
  path: string[] = ['input'],
): Promise<Outcome<string>> {
  const guards = guardsOf(ctx, tried.email)
  return oneByOne(guards.pair.key, () => attempt(ctx, tried, guards, password, path))
}

async function attempt(
  ctx: Context,
  tried: Tried,
  guards: Guards,
  password: string,
  path: string[],
): Promise<Outcome<string>> {
  const begun = await begin(ctx, tried, guards)
  if (begun.lockedUntil) return failed(accountLocked(begun.lockedUntil, ctx.now()))
  const fits = await verifyPassword(password, tried.hash).catch(async (error: unknown) => {
    // Nothing was checked: there is no room for one more.
    for (const { guard } of begun.counted) await takeBack(ctx, guard)
    throw error
  })
  if (!fits) {
    if (guards.network) await count(ctx, guards.network)
    if (tried.userId !== null && begun.counted.some(locksNow)) tellOwner(ctx, tried.userId)
    return failed(contract.failure('INVALID_CREDENTIALS', 'Address or password is wrong.', path))
  }
  await forget(ctx, [guards.pair])
  if (begun.counted.some(({ guard }) => guard === guards.account)) await takeBack(ctx, guards.account)
  return done(await renewHash(ctx, tried.userId ?? '', tried.hash ?? '', password))
}

/** Forgets what was tried from here, and from anywhere: the owner has shown to be at work. */
export async function forgetFailures(ctx: Context, email: string): Promise<void> {
  const { pair, account } = guardsOf(ctx, email)
  await forget(ctx, [pair, account])
}

interface Guards {
  pair: Guard
  account: Guard
  network: Guard | null
}

const guardsOf = (ctx: Context, email: string): Guards => {
  const network = networkOf(ctx.client.address)
  return {
    pair: guardOf(ctx, pairPolicy, 'pair', email, network ?? 'unknown'),
    account: guardOf(ctx, accountPolicy, 'account', email),
    network: network === null ? null : guardOf(ctx, networkPolicy, 'network', network),
  }
}

interface Counted {
  guard: Guard
  count: Count
}

interface Attempt {
  /** Set: it must not be made. */
  lockedUntil: Date | null
  counted: Counted[]
}

const refusedUntil = (until: Date): Attempt => ({ lockedUntil: until, counted: [] })

/** Counts the attempt before it is made, so that many at once are not all made before the first was counted. */
async function begin(ctx: Context, tried: Tried, { pair, account, network }: Guards): Promise<Attempt> {
  const locked = network && (await lockedUntil(ctx, [network]))
  if (locked) return refusedUntil(locked)
  const byPair = await count(ctx, pair)
  if (!byPair) return refusedUntil((await lockedUntil(ctx, [pair])) ?? ctx.now())
  const byAccount = await count(ctx, account)
  const counted = [{ guard: pair, count: byPair }]
  if (byAccount) return { lockedUntil: null, counted: [...counted, { guard: account, count: byAccount }] }
  if (await isAtHome(ctx, tried.userId)) return { lockedUntil: null, counted }
  await takeBack(ctx, pair)
  return refusedUntil((await lockedUntil(ctx, [account])) ?? ctx.now())
}

/**
 * Whether the account has a live session from the network of this call. Such a call passes the lock of the account as a
 * whole, so that strangers elsewhere, however patient, do not keep its owner out.
 */
async function isAtHome(ctx: Context, userId: string | null): Promise<boolean> {
  const network = networkOf(ctx.client.address)
  if (network === null) return false
  const live = await ctx.db
    .select({ address: sessions.address })
    .from(sessions)
    .where(and(eq(sessions.userId, userId ?? ctx.newId('usr')), isNull(sessions.revokedAt)))
    .limit(100)
  return live.some(({ address }) => networkOf(address) === network)
}

const locksNow = ({ guard, count: { failures } }: Counted): boolean => failures === guard.policy.failuresMax

/** Not waited for: how long an answer takes must not tell whether there is an account. */
function tellOwner(ctx: Context, userId: string): void {
  ctx
    .transaction('lockOut', async (tx) => done(await recordSecurity(ctx, tx, { userId, kind: 'LOCKED_OUT' })))
    .catch((error: unknown) => ctx.log.error({ err: error, user: userId }, 'a lockout was not written down'))
}

/** Hashes at today's cost what was hashed at a lower one; whoever changes the password meanwhile wins. */
async function renewHash(ctx: Context, userId: string, hash: string, password: string): Promise<string> {
  if (!needsNewHash(hash)) return hash
  const renewed = await hashPassword(password)
  await ctx.db
    .update(passwordCredentials)
    .set({ hash: renewed })
    .where(and(eq(passwordCredentials.userId, userId), eq(passwordCredentials.hash, hash)))
  return renewed
}
