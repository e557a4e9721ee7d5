import type { NotificationRow } from '../tables.ts'
import type { NotificationTypeKey } from './notification-types.ts'

/** What one person is to be told. Carries all that is shown, so that showing it asks no other domain. */
export interface Notice
  extends Pick<
    NotificationRow,
    'recipientId' | 'title' | 'body' | 'actorId' | 'subjectId' | 'eventId' | 'registrationId'
  > {
  type: NotificationTypeKey
}

/** A notice with what its kind of subject adds; everything else is null. */
export const notice = (
  type: NotificationTypeKey,
  recipientId: string,
  title: string,
  more: Partial<Notice> = {},
): Notice => ({
  body: null,
  actorId: null,
  subjectId: null,
  eventId: null,
  registrationId: null,
  ...more,
  type,
  recipientId,
  title,
})

/** Nobody needs to be told that they did something themselves. */
export const byAnother = (actorId: string | null, userId: string): string | null =>
  actorId === userId ? null : actorId
