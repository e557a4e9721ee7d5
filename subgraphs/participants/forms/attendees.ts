import type { Context } from '@guildhall/kit/context'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, eq, exists, inArray, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { standing } from '../standing.ts'
import { type RegistrationRow, registrations } from '../tables.ts'
import { organizationsWhere } from '../visibility.ts'

/** Those who are there, or will be. */
const present = ['CONFIRMED', 'CHECKED_IN'] as const

/** By person: the order of registration would tell reviewers who decide blind who is who. */
const byPerson: OrderKey<RegistrationRow>[] = [
  { column: registrations.userId, direction: 'ASC', value: (row) => row.userId },
  { column: registrations.id, direction: 'ASC', value: (row) => row.id },
]

/** Who takes part and agreed that the caller may know. */
export const attendeesOfEvent = (ctx: Context) =>
  pagesByParent<RegistrationRow, null>(ctx, {
    list: 'Event.attendees',
    table: registrations,
    parent: registrations.eventId,
    parentOf: (row) => row.eventId,
    keys: byPerson,
    where: () => and(inArray(registrations.status, [...present]), agreed(ctx)),
  })

function agreed(ctx: Context): SQL | undefined {
  const toAll = eq(registrations.consentToBeListed, 'EVERYBODY')
  if (!ctx.viewer) return toAll
  const mine = alias(registrations, 'mine')
  const takesPart = exists(
    ctx.db
      .select({ one: sql`1` })
      .from(mine)
      .where(
        and(
          eq(mine.eventId, registrations.eventId),
          eq(mine.userId, ctx.viewer.userId),
          inArray(mine.status, [...present]),
        ),
      ),
  )
  const isOneOfThem = or(
    takesPart,
    inArray(registrations.organizationId, organizationsWhere(ctx, 'participants:manage')),
    inArray(registrations.eventId, standing.objects(ctx, 'participants:manage')),
  )
  return or(toAll, and(eq(registrations.consentToBeListed, 'PARTICIPANTS'), isOneOfThem))
}
