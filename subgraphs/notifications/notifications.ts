import { type AnyNotification, defineNotificationType } from '@guildhall/kit/notifications'

export const notifications: readonly AnyNotification[] = [
  // Its words are those of whoever writes it.
  defineNotificationType({
    key: 'announcement.received',
    description: 'Organizers write to the people of an event.',
    category: 'ANNOUNCEMENTS',
    channels: { IN_APP: true, EMAIL: true, PUSH: true },
    variables: ['subject', 'body'],
    templates: { en: { title: '{subject}', body: '{body}' } },
  }),
]
