import { BadUserInput } from '@guildhall/kit/errors'
import { recipientsMax } from '../domain/announcement-draft.ts'
import { scopesOfAnnouncement } from '../domain/notices.ts'
import { type Segment, segmentOf } from '../domain/segment.ts'
import type { QueryPreviewAnnouncementArgs, SuppressionReason } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { verdictsOf } from '../preferences/verdicts.ts'
import type { AnnouncementRecipientRow } from '../tables.ts'
import { audiencePage, isCertainlyTooLarge, type Place, placeOf } from './audience.ts'

/** What organizers see before they send. */
export interface Preview {
  recipientCount: number
  isExact: boolean
  isTooLarge: boolean
  suppressed: { reason: SuppressionReason; count: number }[]
  sample: AnnouncementRecipientRow[]
}

const sampleMax = 5

/** So many people are looked at; what lies beyond is not counted, so that a preview costs no more than that. */
const previewMax = 20_000

const pageSize = 5_000

/** Whom an announcement would reach now; null when the caller may not see the event. @throws Forbidden. */
export async function previewAnnouncement(
  ctx: Ctx,
  { eventId, organizationId, segment }: QueryPreviewAnnouncementArgs,
): Promise<Preview | null> {
  const place = await placeOf(ctx, { eventId, organizationId })
  if (!place.ok) {
    if (place.failures[0].code === 'NOT_FOUND') return null
    throw new BadUserInput(place.failures[0].message)
  }
  const read = segmentOf(segment, place.value.eventId)
  if ('include' in read) return previewOf(ctx, place.value, read)
  if (read.every(({ code }) => code === 'AUDIENCE_EMPTY')) return nobody
  throw new BadUserInput(read.map(({ message }) => message).join(' '))
}

/** Whom a segment would reach now. */
export async function previewOf(ctx: Ctx, place: Place, segment: Segment): Promise<Preview> {
  const sample: string[] = []
  let recipientCount = 0
  const unwanted = new Map<SuppressionReason, number>()
  let after: string | null = null
  do {
    const page = await audiencePage(ctx, place, segment, after, pageSize)
    const reasons = await reasonsAgainst(ctx, place, page.userIds)
    recipientCount += page.userIds.length
    for (const reason of reasons.values()) unwanted.set(reason, (unwanted.get(reason) ?? 0) + 1)
    if (sample.length < sampleMax) {
      const reached = page.userIds.filter((userId) => !reasons.has(userId))
      sample.push(...reached.slice(0, sampleMax - sample.length))
    }
    after = page.upTo
  } while (after !== null && recipientCount < previewMax)
  const isExact = after === null
  return {
    recipientCount,
    isExact,
    isTooLarge: isExact ? recipientCount > recipientsMax : await isCertainlyTooLarge(ctx, place, segment),
    suppressed: [...unwanted].map(([reason, count]) => ({ reason, count })),
    sample: sample.map((userId) => ({ userId, status: null, reason: null, settledAt: null })),
  }
}

const nobody: Preview = { recipientCount: 0, isExact: true, isTooLarge: false, suppressed: [], sample: [] }

/** Who would not get it now, and why. */
async function reasonsAgainst(
  ctx: Ctx,
  place: Place,
  userIds: readonly string[],
): Promise<Map<string, SuppressionReason>> {
  const verdicts = await verdictsOf(
    ctx,
    userIds.map((recipientId) => ({
      recipientId,
      type: 'announcement.received',
      channel: 'IN_APP',
      scopeIds: scopesOfAnnouncement(place),
      subjectId: place.eventId ?? place.organizationId,
    })),
  )
  return new Map(
    userIds.flatMap((userId, index) => {
      const verdict = verdicts[index]
      return verdict?.kind === 'SKIP' ? [[userId, verdict.reason] as const] : []
    }),
  )
}
