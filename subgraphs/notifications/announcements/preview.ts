import { BadUserInput } from '@guildhall/kit/errors'
import { recipientsMax } from '../domain/announcement-draft.ts'
import { type Segment, segmentOf } from '../domain/segment.ts'
import type {
  NotificationChannel,
  QueryPreviewAnnouncementArgs,
  SuppressionReason,
} from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRecipientRow } from '../tables.ts'
import { audiencePage, isCertainlyTooLarge, type Place, placeOf } from './audience.ts'
import { reasonsAgainst } from './reached.ts'

/** What organizers see before they send. */
export interface Preview {
  recipientCount: number
  isExact: boolean
  isTooLarge: boolean
  suppressed: { channel: NotificationChannel; reason: SuppressionReason; count: number }[]
  sample: AnnouncementRecipientRow[]
}

const sampleMax = 5

/** So many people are looked at; what lies beyond is not counted, so that a preview costs no more than that. */
const previewMax = 20_000

const pageSize = 5_000

/** Whom an announcement would reach now; null when the caller may not see the event. @throws Forbidden. */
export async function previewAnnouncement(
  ctx: Ctx,
  { eventId, organizationId, segment, channels }: QueryPreviewAnnouncementArgs,
): Promise<Preview | null> {
  const place = await placeOf(ctx, { eventId, organizationId })
  if (!place.ok) {
    if (place.failures[0].code === 'NOT_FOUND') return null
    throw new BadUserInput(place.failures[0].message)
  }
  const read = segmentOf(segment, place.value.eventId)
  if ('include' in read) return previewOf(ctx, place.value, read, channels?.length ? channels : ['IN_APP'])
  if (read.every(({ code }) => code === 'AUDIENCE_EMPTY')) return nobody
  throw new BadUserInput(read.map(({ message }) => message).join(' '))
}

/** Whom a segment would reach now by these channels. */
export async function previewOf(
  ctx: Ctx,
  place: Place,
  segment: Segment,
  channels: readonly NotificationChannel[],
): Promise<Preview> {
  const sample: string[] = []
  let recipientCount = 0
  const ways = [...new Set(channels)].map((channel) => ({
    channel,
    counts: new Map<SuppressionReason, number>(),
  }))
  let after: string | null = null
  do {
    const page = await audiencePage(ctx, place, segment, after, pageSize)
    recipientCount += page.userIds.length
    const reached = new Set<string>()
    for (const { channel, counts } of ways) {
      const reasons = await reasonsAgainst(ctx, place, channel, page.userIds)
      for (const reason of reasons.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1)
      for (const userId of page.userIds) if (!reasons.has(userId)) reached.add(userId)
    }
    sample.push(...page.userIds.filter((id) => reached.has(id)).slice(0, sampleMax - sample.length))
    after = page.upTo
  } while (after !== null && recipientCount < previewMax)
  const isExact = after === null
  return {
    recipientCount,
    isExact,
    isTooLarge: isExact ? recipientCount > recipientsMax : await isCertainlyTooLarge(ctx, place, segment),
    suppressed: ways.flatMap(({ channel, counts }) =>
      [...counts].map(([reason, count]) => ({ channel, reason, count })),
    ),
    sample: sample.map((userId) => ({
      announcementId: null,
      userId,
      status: null,
      reason: null,
      settledAt: null,
    })),
  }
}

const nobody: Preview = { recipientCount: 0, isExact: true, isTooLarge: false, suppressed: [], sample: [] }
