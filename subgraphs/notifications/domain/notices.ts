import type { EventTerms } from '@guildhall/events/contract'
import type { securityRecorded } from '@guildhall/identity/contract'
import { isId } from '@guildhall/kit/ids'
import type {
  invitationCreated,
  membershipChanged,
  organizationClosing,
  organizationRestored,
} from '@guildhall/organizations/contract'
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
type Closing = z.infer<typeof organizationClosing.payload>
type Restored = z.infer<typeof organizationRestored.payload>

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

type Security = z.infer<typeof securityRecorded.payload>

const notYou = 'If it was not you, change your password and end all sessions.'

/** What of all that happens to an account its owner is told at once; the rest stands in the security log. */
const securityNotices: Readonly<
  Partial<Record<Security['kind'], { type: NotificationTypeKey; title: string; body: string }>>
> = {
  NEW_DEVICE: { type: 'account.new_device', title: 'A login from a new device or place', body: notYou },
  TOKEN_REUSED: {
    type: 'account.session_ended',
    title: 'One of your sessions was ended to be safe',
    body: 'Its refresh token was used twice, which happens when it was copied. Log in again.',
  },
  LOCKED_OUT: {
    type: 'account.locked_out',
    title: 'Somebody tried too many wrong passwords',
    body: 'Logins are refused for a while. If it was not you, your password has held; choose a long one.',
  },
  EMAIL_CHANGED: {
    type: 'account.email_changed',
    title: 'Your account has another e-mail address',
    body: notYou,
  },
  PASSWORD_CHANGED: { type: 'account.password_changed', title: 'Your password was changed', body: notYou },
  PASSWORD_RESET: {
    type: 'account.password_reset',
    title: 'Your password was set anew by way of your e-mail address',
    body: notYou,
  },
  TOTP_ADDED: { type: 'account.totp_added', title: 'An authenticator app was set up', body: notYou },
  TOTP_REMOVED: { type: 'account.totp_removed', title: 'Your authenticator app was removed', body: notYou },
  PASSKEY_ADDED: { type: 'account.passkey_added', title: 'A passkey was added', body: notYou },
  PASSKEY_REMOVED: { type: 'account.passkey_removed', title: 'A passkey was removed', body: notYou },
  PASSKEY_CLONED: {
    type: 'account.passkey_cloned',
    title: 'A passkey of yours seems to have been copied',
    body: 'It was not accepted. Remove it, and add a new one.',
  },
  API_KEY_CREATED: { type: 'account.api_key_created', title: 'An API key was made', body: notYou },
  IMPERSONATION_STARTED: {
    type: 'account.impersonation_started',
    title: 'Somebody who runs the house acts in your name',
    body: 'Why, and what they did, stands in the log of your account.',
  },
  ERASURE_REQUESTED: {
    type: 'account.erasure_requested',
    title: 'Your account is going to be erased',
    body: 'Until then you can take it back.',
  },
}

/** To the owner of an account, about what may be the work of somebody else. */
export function security({ userId, kind, actor }: Security): Notice[] {
  const told = securityNotices[kind]
  if (!told) return []
  // Of `usr_a as usr_b` it was `usr_a`.
  const [by = ''] = actor?.split(' ', 1) ?? []
  const actorId = isId('usr', by) ? byAnother(by, userId) : null
  return [notice(told.type, userId, told.title, { body: told.body, actorId, subjectId: userId })]
}

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

/** To all members, also to the one who asked for it: it is they who can take it back. */
export const closing = (
  { organizationId, name, closesAt, actorId }: Closing,
  memberIds: readonly string[],
): Notice[] =>
  memberIds.map((userId) =>
    notice('organization.closing', userId, `${name} is about to be closed`, {
      body: `It ends at ${closesAt}, and what belongs to it goes. Until then its owners can take it back.`,
      actorId: byAnother(actorId, userId),
      subjectId: organizationId,
    }),
  )

/** To all members: whoever was told of the end hears that it does not come. */
export const restored = (
  { organizationId, name, actorId }: Restored,
  memberIds: readonly string[],
): Notice[] =>
  memberIds.map((userId) =>
    notice('organization.restored', userId, `${name} goes on: it is not closed after all`, {
      actorId: byAnother(actorId, userId),
      subjectId: organizationId,
    }),
  )

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
