import type { EventTerms } from '@guildhall/events/contract'
import type {
  invitationCreated,
  membershipChanged,
  organizationClosing,
  organizationRestored,
} from '@guildhall/organizations/contract'
import type { RegistrationFacts } from '@guildhall/participants/contract'
import type { ProjectFacts } from '@guildhall/projects/contract'
import type { z } from 'zod'
import { byAnother, type Notice, notice } from './notice.ts'
import type { NotificationTypeKey } from './notification-types.ts'

export * from './account-notices.ts'

type Membership = z.infer<typeof membershipChanged.payload>
type Invitation = z.infer<typeof invitationCreated.payload>
type Closing = z.infer<typeof organizationClosing.payload>
type Restored = z.infer<typeof organizationRestored.payload>

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
