import type { NotificationRow } from '../tables.ts'
import type { NotificationChannel, NotificationTypeKey } from './notification-types.ts'
import type { OwnWords } from './texts.ts'

/** What one person is to be told. Carries all that is shown, so that showing it asks no other domain. */
export interface Notice
  extends Pick<
    NotificationRow,
    'recipientId' | 'title' | 'body' | 'actorId' | 'subjectId' | 'eventId' | 'registrationId' | 'scopeIds'
  > {
  type: NotificationTypeKey
  /** With it, nobody is told of the same key again before the window is over. */
  dedupe?: { key: string; windowSeconds: number } | null
  /** Notifications of one key are shown as one; default: those of one subject. */
  groupKey?: string | null
  /** Only by these ways; default: by all that its type has. */
  channels?: readonly NotificationChannel[] | null
  /** What is pushed goes to this device only; default: to all. */
  deviceId?: string | null
  /** What is said otherwise by some ways; default: the same by all. */
  ownWords?: OwnWords
  /** When it asks for nothing any more; default: never. */
  expiresAt?: Date | null
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
  scopeIds: [],
  ...more,
  type,
  recipientId,
  title,
})

/** Nobody needs to be told that they did something themselves. */
export const byAnother = (actorId: string | null, userId: string): string | null =>
  actorId === userId ? null : actorId
