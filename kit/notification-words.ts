import type { NotificationChannel, NotificationTemplate } from './notifications.ts'

/** A title with its text, as templates or as they are read. */
export interface Words {
  title: string
  body: string
}

/** Ways by which a notification can say something else than in the app. */
export const wordyChannels = ['EMAIL', 'PUSH'] as const satisfies readonly NotificationChannel[]
export type WordyChannel = (typeof wordyChannels)[number]

/** What a template says by a way of its own; null: the same as in the app. */
export function ownWords(
  { title, body = '', mail, push }: NotificationTemplate,
  channel: WordyChannel,
): Words | null {
  if (channel === 'EMAIL') return mail ? { title: mail.subject ?? title, body: mail.body ?? body } : null
  return push ? { title: push.title ?? title, body: push.body ?? body } : null
}
