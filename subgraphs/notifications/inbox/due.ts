import type { BackgroundWork } from '@guildhall/kit/background-work'
import type { Context } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, asc, isNotNull, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { notifications } from '../tables.ts'
import { changeNotifications, lockInboxes } from './change-notifications.ts'

/** Notifications that one look finds at most; their inboxes are locked together. */
const portion = 200

/** What the clock does with notifications: it wakes those put off, and archives those that have expired. */
const turns = [
  { step: 'WAKE', at: notifications.snoozedUntil, where: undefined },
  { step: 'EXPIRE', at: notifications.expiresAt, where: isNull(notifications.archivedAt) },
] as const

type Turn = (typeof turns)[number]

/** Any number of processes do this at once: whoever holds the head of an inbox does it there, the others pass it by. */
export const inboxClock: BackgroundWork = {
  name: 'inboxClock',
  async step(ctx) {
    const due = await dueTurns(ctx, portion)
    let changed = 0
    for (const turn of turns) {
      const recipientIds = due.filter((one) => one.step === turn.step).map((one) => one.recipientId)
      if (recipientIds.length > 0) changed += await take(ctx, turn, [...new Set(recipientIds)])
    }
    // What others hold is left to the next look.
    return changed > 0
  },
  hasWaiting: async (ctx) => (await dueTurns(ctx, 1)).length > 0,
}

const isDue = ({ at, where }: Turn, now: Date): SQL | undefined =>
  and(lte(at, now), where, isNotNull(notifications.seq))

async function dueTurns(ctx: Context, limit: number): Promise<{ step: string; recipientId: string }[]> {
  const [wake, expire] = turns.map((turn) => {
    const found = ctx.db
      .select({ step: sql<string>`${turn.step}::text`.as('step'), recipientId: notifications.recipientId })
      .from(notifications)
      .where(isDue(turn, ctx.now()))
      .orderBy(asc(turn.at))
      .limit(limit)
      .as(turn.step.toLowerCase())
    return ctx.db.select().from(found)
  })
  return wake && expire ? wake.unionAll(expire) : []
}

async function take(ctx: Context, turn: Turn, recipientIds: readonly string[]): Promise<number> {
  const outcome = await ctx.transaction(`inbox ${turn.step.toLowerCase()}`, async (tx) => {
    const heads = await lockInboxes(tx, recipientIds, false)
    if (heads.length === 0) return done(0)
    const changed = await changeNotifications(tx, ctx, {
      step: turn.step,
      recipientIds: heads.map((head) => head.id),
      which: isDue(turn, ctx.now()),
    })
    return done(changed.size)
  })
  return outcome.ok ? outcome.value : 0
}
