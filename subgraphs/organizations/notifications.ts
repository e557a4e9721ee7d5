import {
  type AnyNotification,
  defineNotification,
  type NotificationTemplate,
} from '@guildhall/kit/notifications'
import {
  invitationCreated,
  membershipChanged,
  organizationClosing,
  organizationRestored,
} from './contract/events.ts'

const ofOrganizations = {
  category: 'ORGANIZATIONS',
  channels: { IN_APP: true, EMAIL: false, PUSH: true },
} as const

type Texts = { en: NotificationTemplate; de: NotificationTemplate }

/** To a member whose membership others changed, or who has just joined. */
const membership = (
  change: 'JOINED' | 'ROLE_CHANGED' | 'REMOVED',
  key: `organization.${string}`,
  description: string,
  templates: Texts,
): AnyNotification =>
  defineNotification({
    ...ofOrganizations,
    key,
    description,
    event: membershipChanged,
    when: (payload) => payload.change === change,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts: ({ organizationId, organizationName, role, actorId }) => ({
      actorId,
      subjectId: organizationId,
      scopeIds: [organizationId],
      variables: { organization: organizationName, role: role ?? '' },
    }),
    variables: ['organization', 'role'],
    templates,
  })

export const notifications: readonly AnyNotification[] = [
  membership('JOINED', 'organization.joined', 'You belong to an organization from now on.', {
    en: { title: 'You joined {organization} as {role}' },
    de: { title: 'Sie gehören jetzt als {role} zu {organization}' },
  }),
  membership('ROLE_CHANGED', 'organization.role_changed', 'You have another role in an organization.', {
    en: { title: 'You are now {role} of {organization}' },
    de: { title: 'Sie sind jetzt {role} von {organization}' },
  }),
  membership('REMOVED', 'organization.removed', 'You were removed from an organization, or it has ended.', {
    en: { title: 'You no longer belong to {organization}' },
    de: { title: 'Sie gehören nicht mehr zu {organization}' },
  }),
  defineNotification({
    ...ofOrganizations,
    key: 'organization.invited',
    description: 'You are invited into an organization.',
    event: invitationCreated,
    when: ({ inviteeUserId }) => inviteeUserId !== null,
    recipients: ({ inviteeUserId }) => ({ userIds: inviteeUserId === null ? [] : [inviteeUserId] }),
    facts: ({ organizationId, organizationName, role, actorId }) => ({
      actorId,
      subjectId: organizationId,
      scopeIds: [organizationId],
      variables: { organization: organizationName, role },
    }),
    variables: ['organization', 'role'],
    templates: {
      en: { title: '{organization} invites you to join as {role}' },
      de: { title: '{organization} lädt Sie als {role} ein' },
    },
  }),
  // That it has ended is told with the end of each membership.
  defineNotification({
    ...ofOrganizations,
    key: 'organization.closing',
    description: 'An organization is about to end.',
    // With the organization goes its data: whoever wants to object or keep something has to hear of it in time.
    isCritical: true,
    event: organizationClosing,
    recipients: ({ organizationId }) => ({ membersOf: organizationId }),
    facts: ({ organizationId, name, closesAt, actorId }) => ({
      actorId,
      subjectId: organizationId,
      scopeIds: [organizationId],
      variables: { organization: name, closesAt: new Date(closesAt) },
    }),
    variables: ['organization', 'closesAt'],
    templates: {
      en: {
        title: '{organization} is about to be closed',
        body: 'It ends at {closesAt, date, ::yMMMMdjmmz}, and what belongs to it goes. Until then its owners can take it back.',
        push: { body: 'It ends at {closesAt, date, ::yMMMMdjmmz}.' },
      },
      de: {
        title: '{organization} soll geschlossen werden',
        body: 'Es endet am {closesAt, date, ::yMMMMdjmmz}, und was dazugehört, geht mit. Bis dahin kann es widerrufen werden, wer es besitzt.',
        push: { body: 'Es endet am {closesAt, date, ::yMMMMdjmmz}.' },
      },
    },
  }),
  defineNotification({
    ...ofOrganizations,
    key: 'organization.restored',
    description: 'An organization that was about to end goes on.',
    event: organizationRestored,
    recipients: ({ organizationId }) => ({ membersOf: organizationId }),
    facts: ({ organizationId, name, actorId }) => ({
      actorId,
      subjectId: organizationId,
      scopeIds: [organizationId],
      variables: { organization: name },
    }),
    variables: ['organization'],
    templates: {
      en: { title: '{organization} goes on: it is not closed after all' },
      de: { title: '{organization} besteht weiter und wird doch nicht geschlossen' },
    },
  }),
]
