import { type AnyNotification, defineNotificationType } from '@guildhall/kit/notifications'

/** What people send themselves: that they turn it off would say nothing of whether it arrives. */
export const testRequested = defineNotificationType({
  key: 'test.requested',
  description: 'A test that you have sent yourself.',
  category: 'ACCOUNT',
  isCritical: true,
  channels: { IN_APP: true, EMAIL: true, PUSH: true },
  variables: ['channel'],
  templates: {
    en: {
      title: 'The test that you asked for',
      body: '{channel, select, EMAIL {It was sent to you by mail as well.} PUSH {It was pushed to you as well.} other {}}',
      mail: { body: 'As you read this, mail from Guildhall reaches you.' },
      push: { body: 'We reach this device.' },
    },
    de: {
      title: 'Der Test, um den Sie gebeten haben',
      body: '{channel, select, EMAIL {Er wurde Ihnen auch gemailt.} PUSH {Er wurde Ihnen auch auf Ihre Geräte geschickt.} other {}}',
      mail: { body: 'Da Sie dies lesen, erreicht Sie Post von Guildhall.' },
      push: { body: 'Dieses Gerät erreichen wir.' },
    },
  },
})

export const notifications: readonly AnyNotification[] = [
  testRequested,
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
