import { type Notice, notice } from './notice.ts'
import type { NotificationChannel } from './notification-types.ts'

interface Announced {
  eventId: string | null
  organizationId: string
  subject: string
  body: string
  createdById: string
  channels: NotificationChannel[]
}

/** Where preferences for an announcement may be set, the narrowest first. */
export const scopesOfAnnouncement = ({
  eventId,
  organizationId,
}: Pick<Announced, 'eventId' | 'organizationId'>): string[] =>
  eventId === null ? [organizationId] : [eventId, organizationId]

/** To the recipients of an announcement. */
export const announced = (announcement: Announced, userIds: readonly string[]): Notice[] =>
  userIds.map((userId) =>
    notice('announcement.received', userId, announcement.subject, {
      body: announcement.body,
      actorId: announcement.createdById,
      subjectId: announcement.eventId ?? announcement.organizationId,
      eventId: announcement.eventId,
      channels: announcement.channels,
      scopeIds: scopesOfAnnouncement(announcement),
    }),
  )
