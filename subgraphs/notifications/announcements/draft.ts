import type { Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { type AnnouncementDraft, announcementProblems } from '../domain/announcement-draft.ts'
import { type Segment, segmentOf } from '../domain/segment.ts'
import type { AnnouncementSegmentInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type AnnouncementRow, announcements } from '../tables.ts'
import type { Place } from './audience.ts'

/** Every reason why this cannot become an announcement. */
export function draftProblems(
  text: AnnouncementDraft,
  segment: AnnouncementSegmentInput,
  { eventId }: Place,
): Failure[] {
  const read = segmentOf(segment, eventId)
  return [...announcementProblems(text), ...('include' in read ? [] : read)]
}

/** Writes a draft. */
export async function draft(
  ctx: Ctx,
  tx: Transaction,
  place: Place,
  segment: Segment,
  { subject, body, ratePerMinute, channels }: AnnouncementDraft,
): Promise<AnnouncementRow> {
  const now = ctx.now()
  const [announcement] = await tx
    .insert(announcements)
    .values({
      id: ctx.newId('ann'),
      eventId: place.eventId,
      organizationId: place.organizationId,
      createdById: ctx.requireViewer().userId,
      segment,
      subject: subject.trim(),
      body: body.trim(),
      ratePerMinute: ratePerMinute ?? null,
      channels: channels == null ? ['IN_APP'] : [...new Set(channels)],
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  if (!announcement) throw new Error('insert returned nothing')
  return announcement
}
