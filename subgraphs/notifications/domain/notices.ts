import type { EventTerms } from '@guildhall/events/contract'
import type { invitationCreated, membershipChanged } from '@guildhall/organizations/contract'
import type { RegistrationFacts } from '@guildhall/participants/contract'
import type { ProjectFacts } from '@guildhall/projects/contract'
import type { z } from 'zod'
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

type Membership = z.infer<typeof membershipChanged.payload>
type Invitation = z.infer<typeof invitationCreated.payload>

const notice = (
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

/** To somebody who has an account from now on. */
export const welcome = ({ userId, displayName }: { userId: string; displayName: string }): Notice[] => [
  notice('account.welcome', userId, `Welcome to Guildhall, ${displayName}`, { subjectId: userId }),
]

/** To the owner of an address that somebody tried to register again. */
export const registrationRepeated = ({ userId }: { userId: string }): Notice[] => [
  notice('account.registration_repeated', userId, 'Somebody tried to register with your address', {
    body: 'If it was you: you have an account already, just log in. If not, you need not do anything.',
    subjectId: userId,
  }),
]

/** To somebody whose session was ended because its refresh token was used twice; nothing for a plain logout. */
export const sessionEnded = ({ userId, reason }: { userId: string; reason: string }): Notice[] =>
  reason === 'REFRESH_REUSED'
    ? [
        notice('account.session_ended', userId, 'One of your sessions was ended to be safe', {
          body: 'Its refresh token was used twice, which happens when it was copied. Log in again.',
          subjectId: userId,
        }),
      ]
    : []

/** To a member whose membership others changed, or who has just joined. */
export function membership(payload: Membership): Notice[] {
  const { organizationId, organizationName, userId, role, change, actorId } = payload
  const more = { subjectId: organizationId, actorId: byAnother(actorId, userId) }
  switch (change) {
    case 'JOINED':
      return [notice('organization.joined', userId, `You joined ${organizationName} as ${role}`, more)]
    case 'ROLE_CHANGED':
      return [notice('organization.role_changed', userId, `You are now ${role} of ${organizationName}`, more)]
    case 'REMOVED':
      return [notice('organization.removed', userId, `You no longer belong to ${organizationName}`, more)]
    case 'LEFT':
      return []
  }
}

/** To somebody with an account who was invited. */
export const invited = (payload: Invitation): Notice[] =>
  payload.inviteeUserId === null
    ? []
    : [
        notice(
          'organization.invited',
          payload.inviteeUserId,
          `${payload.organizationName} invites you to join as ${payload.role}`,
          { subjectId: payload.organizationId, actorId: payload.actorId },
        ),
      ]

/** To the organizers of an event that went on the calendar, but not to the one who put it there. */
export const published = (
  { eventId, title }: EventTerms,
  organizerIds: readonly string[],
  actorId: string | null,
): Notice[] =>
  organizerIds
    .filter((userId) => userId !== actorId)
    .map((userId) =>
      notice('event.published', userId, `${title} is on the calendar`, {
        actorId,
        subjectId: eventId,
        eventId,
      }),
    )

/** What a registration can tell its participant, in words. */
const registrationTitles = {
  'registration.confirmed': (title: string) => `You have a seat at ${title}`,
  'registration.waitlisted': (title: string) => `You are on the waitlist of ${title}`,
  'registration.offered': (title: string) => `A seat at ${title} is yours if you want it`,
  'registration.offer_expired': (title: string) => `The seat at ${title} that was kept for you is gone`,
  'registration.rejected': (title: string) => `Your registration for ${title} was turned down`,
  'registration.cancelled': (title: string) => `${title} was called off, and your registration with it`,
} as const satisfies Partial<Record<NotificationTypeKey, (title: string) => string>>

/** To a participant, about the own registration. */
export const registration = (
  type: keyof typeof registrationTitles,
  { registrationId, eventId, eventTitle, userId, actorId }: RegistrationFacts,
  body: string | null = null,
): Notice[] => [
  notice(type, userId, registrationTitles[type](eventTitle), {
    body,
    actorId: byAnother(actorId, userId),
    subjectId: registrationId,
    eventId,
    registrationId,
  }),
]

const projectTitles = {
  'project.joined': (title: string) => `You are in the team of ${title}`,
  'project.left': (title: string) => `You are no longer in the team of ${title}`,
  'project.submitted': (title: string) => `Your team handed in ${title}`,
  'project.withdrawn': (title: string) => `${title} was withdrawn`,
} as const satisfies Partial<Record<NotificationTypeKey, (title: string) => string>>

/** To people of a team, but not to the one who did it. */
export const project = (
  type: keyof typeof projectTitles,
  { projectId, projectTitle, eventId, actorId }: ProjectFacts,
  userIds: readonly string[],
  body: string | null = null,
): Notice[] =>
  userIds
    .filter((userId) => userId !== actorId)
    .map((userId) =>
      notice(type, userId, projectTitles[type](projectTitle), {
        body,
        actorId,
        subjectId: projectId,
        eventId,
      }),
    )

/** To the recipients of an announcement. */
export const announced = (
  announcement: { id: string; eventId: string; subject: string; body: string; createdById: string },
  userIds: readonly string[],
): Notice[] =>
  userIds.map((userId) =>
    notice('announcement.received', userId, announcement.subject, {
      body: announcement.body,
      actorId: announcement.createdById,
      subjectId: announcement.eventId,
      eventId: announcement.eventId,
    }),
  )

/** Nobody needs to be told that they did something themselves. */
const byAnother = (actorId: string | null, userId: string): string | null =>
  actorId === userId ? null : actorId
