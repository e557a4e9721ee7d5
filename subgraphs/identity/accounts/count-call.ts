import type { Context } from '@guildhall/kit/context'
import { RateLimited } from '@guildhall/kit/errors'
import { lt, lte, sql } from 'drizzle-orm'
import { type CallQuota, forgottenAfterSeconds, networkOf } from '../domain/lockout.ts'
import { throttles } from '../tables.ts'
import { keyOf } from './throttle.ts'

/**
 * Counts a call of a stranger against the hour of its network, before anything else is written: in one statement, so
 * that of many at once no more than the quota pass. Outside of any transaction, for calls of one network would wait for
 * each other's end. Unlike failures, calls do not prolong the time for which they count: a busy network is served anew
 * each hour. Who calls from nowhere known is not counted.
 *
 * @throws RateLimited when the network has had its calls of this hour.
 */
export async function countCall(ctx: Context, { kind, callsMax }: CallQuota): Promise<void> {
  const network = networkOf(ctx.client.address)
  if (network === null) return
  const key = keyOf(ctx, kind, network)
  const now = ctx.now()
  const isOver = lte(throttles.lastFailureAt, new Date(now.getTime() - forgottenAfterSeconds * 1000))
  const [counted] = await ctx.db
    .insert(throttles)
    .values({ key, failures: 1, lastFailureAt: now })
    .onConflictDoUpdate({
      target: throttles.key,
      set: {
        failures: sql`case when ${isOver} then 1 else ${throttles.failures} + 1 end`,
        lastFailureAt: sql`case when ${isOver} then ${now.toISOString()}::timestamptz else ${throttles.lastFailureAt} end`,
      },
      setWhere: sql`${isOver} or ${lt(throttles.failures, callsMax)}`,
    })
    .returning({ calls: throttles.failures })
  if (!counted) throw new RateLimited()
}
