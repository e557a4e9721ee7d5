import { defineContract, defineEvent } from '@guildhall/kit/contract'
import { everyProduct } from '@guildhall/kit/products'
import { z } from 'zod'

const announcementProgress = z.object({
  announcementId: z.string(),
  eventId: z.string(),
  organizationId: z.string(),
  recipientCount: z.number().int(),
  sentCount: z.number().int(),
  suppressedCount: z.number().int(),
})

export type AnnouncementProgress = z.infer<typeof announcementProgress>

const aggregate = ({ announcementId }: { announcementId: string }) => announcementId

export const announcementQueued = defineEvent({
  name: 'notifications.announcement.queued',
  version: 1,
  description: 'An announcement was accepted and its recipients are fixed; nobody has it yet.',
  payload: announcementProgress,
  aggregate,
})

/** Heard by this domain itself: each page asks for the next, so that a killed process loses none. */
export const announcementPageSent = defineEvent({
  name: 'notifications.announcement.page_sent',
  version: 1,
  description: 'A page of recipients of an announcement was dealt with, and there are more.',
  payload: announcementProgress,
  aggregate,
})

export const announcementCompleted = defineEvent({
  name: 'notifications.announcement.completed',
  version: 1,
  description: 'Every recipient of an announcement was dealt with.',
  payload: announcementProgress,
  aggregate,
})

export default defineContract({
  domain: 'notifications',
  products: everyProduct,
  ids: { ntf: 'Notification', ann: 'Announcement' },
  permissions: {
    'announcements:send': {
      description: 'Write to the people of an event of the organization.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER'],
    },
  },
  events: [announcementQueued, announcementPageSent, announcementCompleted],
  codes: {
    PREFERENCE_LOCKED: 'These notifications cannot be turned off.',
    AUDIENCE_EMPTY: 'The segment has no people.',
    AUDIENCE_TOO_LARGE: 'The segment has more people than one announcement may reach.',
  },
})
