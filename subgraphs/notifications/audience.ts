import { reference } from '@guildhall/kit/entities'
import { withoutWish } from './deliver.ts'
import { recipientsMax } from './domain/announcement-draft.ts'
import type { AudienceStatus } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'

/** The event of an announcement, as its domain shows it to the caller. */
export interface AnnouncedEvent {
  id: string
  organizationId: string
}

const pageSize = 1_000

/** An event in the caller's eyes; null when there is none for them. @throws ServiceUnavailable when events is away. */
export async function eventOf(ctx: Ctx, eventId: string): Promise<AnnouncedEvent | null> {
  const event = await ctx.peers.entity<{ organization: { id: string } | null }>(
    'events',
    'Event',
    eventId,
    'organization { id }',
    ctx.token,
  )
  return event?.organization ? { id: eventId, organizationId: event.organization.id } : null
}

/** People of a segment, each once. */
export interface Audience {
  userIds: string[]
  /** There are more than an announcement may reach; the rest was not read. */
  isTooLarge: boolean
}

/** Everybody of a segment, asked from participants in the caller's name, page by page. */
export async function audienceOf(
  ctx: Ctx,
  eventId: string,
  status: readonly AudienceStatus[],
): Promise<Audience> {
  const userIds = new Set<string>()
  let after: string | null = null
  while (status.length > 0) {
    const page: { eventAudience: string[] } = await ctx.peers.ask(
      'participants',
      'query ($eventId: ID!, $status: [RegistrationStatus!]!, $after: ID, $first: Int!) { eventAudience(eventId: $eventId, status: $status, after: $after, first: $first) }',
      { eventId, status, after, first: pageSize },
      ctx.token,
    )
    for (const userId of page.eventAudience) userIds.add(userId)
    if (userIds.size > recipientsMax)
      return { userIds: [...userIds].slice(0, recipientsMax), isTooLarge: true }
    after = page.eventAudience.at(-1) ?? null
    if (page.eventAudience.length < pageSize) break
  }
  return { userIds: [...userIds], isTooLarge: false }
}

/** What organizers see before they send. */
export interface Preview {
  recipientCount: number
  isTooLarge: boolean
  suppressed: { reason: 'PREFERENCE'; count: number }[]
  sample: { user: { __typename: 'User'; id: string } }[]
}

const sampleMax = 5

/** Whom an announcement would reach now; null when the caller may not see the event. @throws Forbidden. */
export async function previewAnnouncement(
  ctx: Ctx,
  eventId: string,
  status: readonly AudienceStatus[],
): Promise<Preview | null> {
  const event = await eventOf(ctx, eventId)
  if (!event) return null
  ctx.require('announcements:send', event)
  const { userIds, isTooLarge } = await audienceOf(ctx, eventId, status)
  const unwanted = await unwantedBy(ctx, userIds)
  const reached = userIds.filter((userId) => !unwanted.has(userId))
  return {
    recipientCount: userIds.length,
    isTooLarge,
    suppressed: unwanted.size > 0 ? [{ reason: 'PREFERENCE', count: unwanted.size }] : [],
    sample: reached.slice(0, sampleMax).map((userId) => ({ user: reference('User', userId) })),
  }
}

/** Those of an audience who do not want announcements. */
async function unwantedBy(ctx: Ctx, userIds: readonly string[]): Promise<Set<string>> {
  const unwanted = new Set<string>()
  for (let from = 0; from < userIds.length; from += pageSize) {
    const page = userIds.slice(from, from + pageSize)
    for (const userId of await withoutWish(ctx.db, 'announcement.received', page)) unwanted.add(userId)
  }
  return unwanted
}
