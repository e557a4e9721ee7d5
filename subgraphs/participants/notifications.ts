import type { EventContract } from '@guildhall/kit/contract'
import {
  type AnyNotification,
  defineNotification,
  type NotificationTemplate,
} from '@guildhall/kit/notifications'
import {
  type RegistrationFacts,
  registrationCancelled,
  registrationConfirmed,
  registrationOfferExpired,
  registrationOffered,
  registrationRejected,
  registrationReopened,
  registrationWaitlisted,
  waitlistReordered,
} from './contract/events.ts'

/** To a participant, about the own registration. Waiting for the next look at the app would cost a seat: mail as well. */
const ofRegistrations = {
  category: 'REGISTRATIONS',
  channels: { IN_APP: true, EMAIL: true, PUSH: true },
  recipients: ({ userId }: RegistrationFacts) => ({ userIds: [userId] }),
} as const

const factsOf = ({ registrationId, eventId, organizationId, actorId }: RegistrationFacts) => ({
  actorId,
  subjectId: registrationId,
  eventId,
  registrationId,
  scopeIds: [eventId, organizationId],
})

type Texts = { en: NotificationTemplate; de: NotificationTemplate }

/** That a registration has become something, with nothing to add. */
const plain = (
  event: EventContract<RegistrationFacts>,
  key: `registration.${string}`,
  description: string,
  templates: Texts,
): AnyNotification =>
  defineNotification({
    ...ofRegistrations,
    key,
    description,
    event,
    facts: (payload) => ({
      ...factsOf(payload),
      variables: { event: payload.eventTitle, number: payload.number, partySize: payload.partySize },
    }),
    variables: ['event', 'number', 'partySize'],
    templates,
  })

export const notifications: readonly AnyNotification[] = [
  plain(registrationConfirmed, 'registration.confirmed', 'You have a seat at an event.', {
    en: {
      title: 'You have a seat at {event}',
      mail: {
        body: `{partySize, plural, one {Your seat is} other {Your # seats are}} certain; the registration has the number {number}.

Your ticket is with it: show it at the entrance.

If you cannot come, withdraw the registration: then somebody else can have the seat.`,
      },
      push: { title: '{event}: you have a seat' },
    },
    de: {
      title: 'Sie haben einen Platz bei {event}',
      mail: {
        body: `{partySize, plural, one {Ihr Platz ist} other {Ihre # Plätze sind}} sicher; die Anmeldung hat die Nummer {number}.

Ihr Ticket finden Sie bei der Anmeldung: Zeigen Sie es am Einlass vor.

Wenn Sie nicht kommen können, ziehen Sie die Anmeldung zurück: Dann wird der Platz für andere frei.`,
      },
      push: { title: '{event}: Sie haben einen Platz' },
    },
  }),
  plain(registrationWaitlisted, 'registration.waitlisted', 'You are on the waitlist of an event.', {
    en: {
      title: 'You are on the waitlist of {event}',
      mail: {
        body: `All seats are taken at the moment; your registration has the number {number}.

As soon as a seat is free for you, you hear of it. It is then kept for a while only, so have an eye on your mail.`,
      },
    },
    de: {
      title: 'Sie stehen auf der Warteliste von {event}',
      mail: {
        body: `Im Moment sind alle Plätze vergeben; Ihre Anmeldung hat die Nummer {number}.

Sobald ein Platz für Sie frei ist, hören Sie davon. Er bleibt dann nur eine Weile für Sie frei: Sehen Sie ab und zu nach Ihrer Post.`,
      },
    },
  }),
  defineNotification({
    ...ofRegistrations,
    key: 'registration.offered',
    description: 'A seat has become free and is kept for you.',
    // A seat that is offered is lost by not answering.
    isCritical: true,
    event: registrationOffered,
    facts: ({ offerExpiresAt, ...payload }) => ({
      ...factsOf(payload),
      // There is nothing left to answer then.
      expiresAt: new Date(offerExpiresAt),
      variables: { event: payload.eventTitle, offerExpiresAt: new Date(offerExpiresAt) },
    }),
    variables: ['event', 'offerExpiresAt'],
    templates: {
      en: {
        title: 'A seat at {event} is yours if you want it',
        body: 'Accept it before {offerExpiresAt, date, ::yMMMMdjmmz}.',
        mail: {
          body: `A seat has become free, and it is kept for you. Accept it before {offerExpiresAt, date, ::yMMMMdjmmz}: then it goes to whoever is next on the waitlist.

If you know already that you will not come, decline it, and they have it sooner.`,
        },
        push: {
          title: '{event}: a seat is free for you',
          body: 'Accept it before {offerExpiresAt, date, ::MMMMdjmmz}.',
        },
      },
      de: {
        title: 'Ein Platz bei {event} ist für Sie frei',
        body: 'Nehmen Sie ihn bis {offerExpiresAt, date, ::yMMMMdjmmz} an.',
        mail: {
          body: `Ein Platz ist frei geworden und wird für Sie freigehalten. Nehmen Sie ihn bis {offerExpiresAt, date, ::yMMMMdjmmz} an: Danach bekommt ihn, wer als Nächstes auf der Warteliste steht.

Wenn Sie schon wissen, dass Sie nicht kommen, lehnen Sie ihn ab. Dann ist er eher für andere frei.`,
        },
        push: {
          title: '{event}: Ein Platz ist für Sie frei',
          body: 'Nehmen Sie ihn bis {offerExpiresAt, date, ::MMMMdjmmz} an.',
        },
      },
    },
  }),
  plain(registrationOfferExpired, 'registration.offer_expired', 'An offered seat was not accepted in time.', {
    en: { title: 'The seat at {event} that was kept for you is gone' },
    de: { title: 'Der Platz bei {event}, der für Sie frei war, ist weg' },
  }),
  defineNotification({
    ...ofRegistrations,
    key: 'registration.rejected',
    description: 'Your registration was turned down.',
    event: registrationRejected,
    facts: ({ reason, ...payload }) => ({
      ...factsOf(payload),
      variables: { event: payload.eventTitle, reason },
    }),
    variables: ['event', 'reason'],
    templates: {
      en: { title: 'Your registration for {event} was turned down', body: '{reason}' },
      de: { title: 'Ihre Anmeldung für {event} wurde abgelehnt', body: '{reason}' },
    },
  }),
  defineNotification({
    ...ofRegistrations,
    key: 'registration.cancelled',
    description: 'An event was called off, and your registration with it.',
    // It saves a journey.
    isCritical: true,
    event: registrationCancelled,
    when: ({ isEventCalledOff }) => isEventCalledOff,
    facts: ({ reason, ...payload }) => ({
      ...factsOf(payload),
      variables: { event: payload.eventTitle, reason },
    }),
    variables: ['event', 'reason'],
    templates: {
      en: { title: '{event} was called off, and your registration with it', body: '{reason}' },
      de: { title: '{event} wurde abgesagt, und damit Ihre Anmeldung', body: '{reason}' },
    },
  }),
  defineNotification({
    ...ofRegistrations,
    channels: { IN_APP: true, EMAIL: false, PUSH: false },
    key: 'registration.reordered',
    description: 'The organizers gave you another place on a waitlist.',
    event: waitlistReordered,
    facts: ({ position, reason, ...payload }) => ({
      ...factsOf(payload),
      variables: { event: payload.eventTitle, position, reason },
    }),
    variables: ['event', 'position', 'reason'],
    templates: {
      en: { title: 'You are now number {position} on the waitlist of {event}', body: '{reason}' },
      de: { title: 'Sie sind jetzt Nummer {position} auf der Warteliste von {event}', body: '{reason}' },
    },
  }),
  defineNotification({
    ...ofRegistrations,
    key: 'registration.cancelled_by_organizers',
    description: 'Organizers took your seat at an event away.',
    // It saves a journey.
    isCritical: true,
    event: registrationCancelled,
    when: ({ isEventCalledOff }) => !isEventCalledOff,
    facts: ({ reason, ...payload }) => ({
      ...factsOf(payload),
      variables: { event: payload.eventTitle, reason },
    }),
    variables: ['event', 'reason'],
    templates: {
      en: { title: 'Your registration for {event} was cancelled', body: '{reason}' },
      de: { title: 'Ihre Anmeldung für {event} wurde storniert', body: '{reason}' },
    },
  }),
  defineNotification({
    ...ofRegistrations,
    key: 'registration.reopened',
    description: 'Your registration, which was turned down, is looked at again.',
    event: registrationReopened,
    facts: ({ reason, ...payload }) => ({
      ...factsOf(payload),
      variables: { event: payload.eventTitle, reason },
    }),
    variables: ['event', 'reason'],
    templates: {
      en: { title: 'Your registration for {event} is looked at again', body: '{reason}' },
      de: { title: 'Ihre Anmeldung für {event} wird noch einmal geprüft', body: '{reason}' },
    },
  }),
]
