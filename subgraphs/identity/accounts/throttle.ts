import type { Context, Transaction } from '@guildhall/kit/context'
import { and, desc, eq, gt, inArray, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { forgottenAfterSeconds, type LockoutPolicy } from '../domain/lockout.ts'
import { throttles } from '../tables.ts'

/** Something that failures are counted against. */
export interface Guard {
  key: string
  policy: LockoutPolicy
}

/** Failures so far, and until when nothing is tried any more. */
export interface Count {
  failures: number
  lockedUntil: Date | null
}

/** Names what is guarded without saying it: a keyed hash, so that the table tells nobody who was tried. */
export const keyOf = (ctx: Context, ...parts: string[]): string =>
  ctx.vault.blindIndex(JSON.stringify(parts), 'identity.throttle')

export const guardOf = (ctx: Context, policy: LockoutPolicy, ...parts: string[]): Guard => ({
  key: keyOf(ctx, ...parts),
  policy,
})

/** Until when any of these is locked; null: none is. */
export async function lockedUntil(ctx: Context, guards: readonly Guard[]): Promise<Date | null> {
  const [locked] = await ctx.db
    .select({ until: throttles.lockedUntil })
    .from(throttles)
    .where(and(inArray(throttles.key, keysOf(guards)), gt(throttles.lockedUntil, ctx.now())))
    .orderBy(desc(throttles.lockedUntil))
    .limit(1)
  return locked?.until ?? null
}

/**
 * Counts a failure, or an attempt that is taken for one until it has succeeded, in one statement: of many at once no
 * more than the policy's number are counted, the others find the lock. Mostly outside of any transaction, for what has
 * failed must stay counted. @returns null when it is locked already: then nothing is counted.
 */
export async function count(
  ctx: Context,
  { key, policy }: Guard,
  db: Context['db'] | Transaction = ctx.db,
): Promise<Count | null> {
  const now = ctx.now()
  const isForgotten = lte(throttles.lastFailureAt, secondsAfter(now, -forgottenAfterSeconds))
  const failures = sql<number>`case when ${isForgotten} then 1 else ${throttles.failures} + 1 end`
  const [counted] = await db
    .insert(throttles)
    .values({ key, failures: 1, lastFailureAt: now })
    .onConflictDoUpdate({
      target: throttles.key,
      set: { failures, lastFailureAt: now, lockedUntil: lockAt(now, failures, policy) },
      setWhere: sql`${isNull(throttles.lockedUntil)} or ${lte(throttles.lockedUntil, now)}`,
    })
    .returning({ failures: throttles.failures, lockedUntil: throttles.lockedUntil })
  return counted ?? null
}

/** Takes back one attempt that {@link count} has counted: it has not failed. */
export async function takeBack(ctx: Context, { key, policy }: Guard): Promise<void> {
  const failures = sql<number>`greatest(${throttles.failures} - 1, 0)`
  await ctx.db
    .update(throttles)
    .set({
      failures,
      lockedUntil: sql`case when ${failures} < ${policy.failuresMax} then null else ${throttles.lockedUntil} end`,
    })
    .where(eq(throttles.key, key))
}

/** Forgets all failures. */
export async function forget(ctx: Pick<Context, 'db'>, guards: readonly Guard[]): Promise<void> {
  await ctx.db.delete(throttles).where(inArray(throttles.key, keysOf(guards)))
}

/** Until when so many failures lock; null: not at all. The exponent is bounded before it overflows. */
const lockAt = (now: Date, failures: SQL<number>, policy: LockoutPolicy): SQL => sql`
  case when (${failures}) >= ${policy.failuresMax}::int
    then ${now.toISOString()}::timestamptz + interval '1 second' * least(
      ${policy.firstSeconds}::int * power(2, least((${failures}) - ${policy.failuresMax}::int, 20)),
      ${policy.longestSeconds}::int)
  end`

const keysOf = (guards: readonly Guard[]): string[] => guards.map(({ key }) => key)

const secondsAfter = (instant: Date, seconds: number): Date => new Date(instant.getTime() + seconds * 1000)
