import { anyOf } from '@guildhall/kit/any-of'
import { asc, desc, eq, max, sql } from 'drizzle-orm'
import type { Ctx } from '../loaders.ts'
import { type RegistrationRow, registrations } from '../tables.ts'
import { latestOnly } from './latest-only.ts'
import { sharedWatch } from './shared-watch.ts'
import { ownSignal } from './signals.ts'

/** Registrations that a stream tells of at most: those that were changed last. */
const ownMax = 100

/** Whatever changes a registration raises its version, so this changes with any of a person's. */
const ownWatch = sharedWatch<string>({
  channel: ownSignal,
  async read({ db }, userIds) {
    const rows = await db
      .select({
        userId: registrations.userId,
        versions: sql<string>`sum(${registrations.version})`,
        at: max(registrations.updatedAt),
      })
      .from(registrations)
      .where(anyOf(registrations.userId, userIds))
      .groupBy(registrations.userId)
    return new Map(rows.map(({ userId, versions, at }) => [userId, `${versions} ${at?.toISOString()}`]))
  },
})

/** The caller's registrations as they are now, then each whenever it has changed. */
export function watchOwn(ctx: Ctx): AsyncIterableIterator<RegistrationRow> {
  const { userId } = ctx.requireViewer()
  return latestOnly<RegistrationRow>(
    ({ push }) => {
      let seen: string | null = null
      let latest: string | null = null
      let isReading = false
      const look = async (mark: string | null) => {
        latest = mark
        if (isReading) return
        isReading = true
        try {
          while (latest !== seen) {
            const reached: string | null = latest
            for (const row of await ownRows(ctx, userId)) push(row)
            seen = reached
          }
        } catch (error) {
          // The next look tries again.
          ctx.log.warn({ err: error }, 'own registrations not read')
        } finally {
          isReading = false
        }
      }
      return ownWatch(ctx).watch(userId, (mark) => void look(mark))
    },
    ({ id }) => id,
    ({ version }) => String(version),
  )
}

/** The latest, the oldest of them first. */
async function ownRows(ctx: Ctx, userId: string): Promise<RegistrationRow[]> {
  const latest = ctx.db
    .select({ id: registrations.id })
    .from(registrations)
    .where(eq(registrations.userId, userId))
    .orderBy(desc(registrations.updatedAt), desc(registrations.id))
    .limit(ownMax)
  return ctx.db
    .select()
    .from(registrations)
    .where(sql`${registrations.id} in ${latest}`)
    .orderBy(asc(registrations.updatedAt), asc(registrations.number))
}
