import { BadUserInput } from '@guildhall/kit/errors'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, arrayOverlaps, asc, countDistinct, eq, gt, inArray, type SQL, sql } from 'drizzle-orm'
import type { QueryEventAudienceArgs, QueryEventAudienceCountArgs } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { standing } from './standing.ts'
import { type EventSeatsRow, type RegistrationRow, registrations } from './tables.ts'

/** A person's own, the latest on top. */
export const latestFirst: OrderKey<RegistrationRow>[] = [
  { column: registrations.createdAt, direction: 'DESC', value: (row) => row.createdAt },
  { column: registrations.id, direction: 'DESC', value: (row) => row.id },
]

const audienceMax = 10_000

/** Who registered for an event, each person once, in the order of their ids: pages of it can be asked for one by one. */
export async function eventAudience(
  ctx: Ctx,
  { eventId, status, tag, category, after, first }: QueryEventAudienceArgs,
): Promise<string[]> {
  if (first < 1 || first > audienceMax)
    throw new BadUserInput(`"first" must be between 1 and ${audienceMax}.`)
  const event = await ctx.loaders.eventSeats.load(eventId)
  await requireAudience(ctx, event)
  const rows = await ctx.db
    .selectDistinct({ userId: registrations.userId })
    .from(registrations)
    .where(
      and(
        eq(registrations.eventId, eventId),
        inArray(registrations.status, status),
        tagged(tag),
        category == null ? undefined : inArray(registrations.category, category),
        after ? gt(registrations.userId, after) : undefined,
      ),
    )
    .orderBy(asc(registrations.userId))
    .limit(first)
  return rows.map((row) => row.userId)
}

/** Registrations with one of the tags; an empty list matches nothing. */
const tagged = (tags: readonly string[] | null | undefined): SQL | undefined => {
  if (tags == null) return undefined
  return tags.length === 0 ? sql`false` : arrayOverlaps(registrations.tags, [...tags])
}

/** @throws Forbidden for who does not decide on the event's registrations; an event that is not seen has no audience. */
async function requireAudience(ctx: Ctx, event: EventSeatsRow | null): Promise<void> {
  if (event) await standing.require(ctx, 'participants:review', event)
  else ctx.require('participants:review', { organizationId: null })
}

/** How many people {@link eventAudience} has on all pages. */
export async function eventAudienceCount(
  ctx: Ctx,
  { eventId, status, tag, category }: QueryEventAudienceCountArgs,
): Promise<number> {
  const event = await ctx.loaders.eventSeats.load(eventId)
  await requireAudience(ctx, event)
  const [row] = await ctx.db
    .select({ people: countDistinct(registrations.userId) })
    .from(registrations)
    .where(
      and(
        eq(registrations.eventId, eventId),
        inArray(registrations.status, status),
        tagged(tag),
        category == null ? undefined : inArray(registrations.category, category),
      ),
    )
  return Number(row?.people ?? 0)
}

/** Where somebody stands with an event: the live registration, or null. For our own services. */
export async function participation(
  ctx: Ctx,
  eventId: string,
  userId: string,
): Promise<RegistrationRow | null> {
  const [row] = await ctx.db
    .select()
    .from(registrations)
    .where(
      and(
        eq(registrations.eventId, eventId),
        eq(registrations.userId, userId),
        inArray(registrations.status, [
          'PENDING_APPROVAL',
          'WAITLISTED',
          'OFFERED',
          'CONFIRMED',
          'CHECKED_IN',
          'NO_SHOW',
        ]),
      ),
    )
  return row ?? null
}
