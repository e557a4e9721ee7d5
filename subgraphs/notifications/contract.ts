import { defineContract, defineEvent } from '@guildhall/kit/contract'
import { everyProduct } from '@guildhall/kit/products'
import { z } from 'zod'
import { notifications } from './notifications.ts'

const announcementProgress = z.object({
  announcementId: z.string(),
  /** Null: the announcement is the organization's own. */
  eventId: z.string().nullable(),
  organizationId: z.string(),
  recipientCount: z.number().int(),
  /** To how many it was handed over; of mail and push, what became of it is not known yet. */
  sentCount: z.number().int(),
  suppressedCount: z.number().int(),
  failedCount: z.number().int(),
})

const statuses = [
  'DRAFT',
  'SCHEDULED',
  'PREPARING',
  'SENDING',
  'PAUSED',
  'SENT',
  'CANCELLED',
  'FAILED',
] as const

export type AnnouncementProgress = z.infer<typeof announcementProgress>

const aggregate = ({ announcementId }: { announcementId: string }) => announcementId

export const announcementQueued = defineEvent({
  name: 'notifications.announcement.queued',
  version: 2,
  description: 'The recipients of an announcement are fixed; nobody has it yet.',
  payload: announcementProgress,
  aggregate,
})

export const announcementPageSent = defineEvent({
  name: 'notifications.announcement.page_sent',
  version: 2,
  description: 'A page of recipients of an announcement was dealt with, and there are more.',
  payload: announcementProgress,
  aggregate,
})

export const announcementCompleted = defineEvent({
  name: 'notifications.announcement.completed',
  version: 2,
  description: 'Every recipient of an announcement was dealt with.',
  payload: announcementProgress,
  aggregate,
})

export const announcementMoved = defineEvent({
  name: 'notifications.announcement.moved',
  version: 1,
  description: 'An announcement has another status, or another time at which it will be sent.',
  payload: announcementProgress.extend({
    from: z.enum(statuses),
    to: z.enum(statuses),
    /** Null: nobody, its time had come or its work was done. */
    actorId: z.string().nullable(),
  }),
  aggregate,
})

export default defineContract({
  domain: 'notifications',
  products: everyProduct,
  ids: {
    ntf: 'Notification',
    ann: 'Announcement',
    dlv: 'NotificationDelivery',
    dvc: 'PushDevice',
    msp: 'MailSuppression',
    wch: 'Watch',
  },
  permissions: {
    'announcements:send': {
      description: 'Write to the people of the organization and of its events.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER'],
    },
    'notifications:manage': {
      description:
        'Set what comes by which way to those who have chosen nothing, in the organization, its events and projects.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER', 'MANAGER'],
    },
    'notifications:operate': {
      description: 'See which deliveries failed and try them again, and which addresses get no mail.',
      heldBy: [],
      heldByPlatform: ['ADMIN'],
    },
  },
  events: [announcementQueued, announcementPageSent, announcementCompleted, announcementMoved],
  notifications,
  notificationCategories: {
    ACCOUNT: 'The account itself.',
    ORGANIZATIONS: 'Membership of organizations, invitations to them, and their end.',
    EVENTS: 'Events that the recipient helps to organize, or watches.',
    REGISTRATIONS: 'The recipient’s registrations for events.',
    PROJECTS: 'Project teams, and projects that the recipient watches.',
    ANNOUNCEMENTS: 'What organizers write to the people of an event.',
  },
  codes: {
    DEVICE_TOKEN_INVALID: 'Not a registration token or push subscription of the platform.',
    UNSUBSCRIBE_TOKEN_INVALID:
      'The link to unsubscribe is not one of ours, or signed with a secret that is gone.',
    PREFERENCE_LOCKED: 'These notifications cannot be turned off.',
    CURSOR_INVALID: 'The cursor is not one of this inbox.',
    CURSOR_EXPIRED:
      'The cursor belongs to an inbox that is no longer, as after a restored backup; read it anew.',
    SNOOZE_IN_PAST: 'Notifications are put off until a time to come.',
    SNOOZE_TOO_LONG: 'Notifications are put off for a year at most.',
    NOT_WATCHABLE: 'Of things of this kind nothing is ever told to those who watch them.',
    CATEGORY_UNKNOWN: 'There is no such type of notification.',
    CHANNEL_NOT_SUPPORTED: 'These notifications do not come by the channel.',
    CRITICAL_CANNOT_BE_DISABLED: 'Notifications of this type come whatever the recipient has chosen.',
    TIMEZONE_INVALID: 'Not an IANA time zone.',
    WINDOW_INVALID: 'Not a time such as 22:30, too many windows, or no time of the week is left.',
    AUDIENCE_EMPTY: 'The segment has no people.',
    AUDIENCE_TOO_LARGE: 'The segment has more people than one announcement may reach.',
    AUDIENCE_INVALID: 'A group of the segment is not one that there is here.',
    BROADCAST_NOT_EDITABLE: 'The announcement has begun, or is over; only drafts and scheduled ones change.',
    SCHEDULE_IN_PAST: 'The time at which it shall be sent is over.',
  },
})
