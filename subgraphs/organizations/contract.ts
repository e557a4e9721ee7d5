import { defineContract, defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'

/** All roles that come with the house, the mightiest first. Permissions name those that hold them (`heldBy`). */
export const builtInRoles = [
  'OWNER',
  'ADMIN',
  'BILLING',
  'ORGANIZER',
  'MANAGER',
  'TECHNICIAN',
  'BUYER',
  'FULFILLER',
  'OFFICER',
  'MEMBER',
  'GUEST',
] as const

export type BuiltInRole = (typeof builtInRoles)[number]

export const organizationKinds = ['INNOVATION', 'MAKERSPACE', 'COMMERCE', 'CITY', 'TEAM'] as const

export type OrganizationKind = (typeof organizationKinds)[number]

const withStaff = (...staff: BuiltInRole[]): readonly BuiltInRole[] => [
  'OWNER',
  'ADMIN',
  'BILLING',
  ...staff,
  'MEMBER',
  'GUEST',
]

/** Which of the roles an organization has; its staff follows from what it does. */
export const rolesOfKind: Readonly<Record<OrganizationKind, readonly BuiltInRole[]>> = {
  INNOVATION: withStaff('ORGANIZER'),
  MAKERSPACE: withStaff('TECHNICIAN'),
  COMMERCE: withStaff('MANAGER', 'BUYER', 'FULFILLER'),
  CITY: withStaff('OFFICER'),
  TEAM: withStaff('MANAGER'),
}

export const organizationCreated = defineEvent({
  name: 'organizations.organization.created',
  version: 1,
  description: 'An organization was founded.',
  payload: z.object({
    organizationId: z.string(),
    name: z.string(),
    kind: z.enum(organizationKinds),
    ownerId: z.string(),
  }),
  aggregate: ({ organizationId }) => organizationId,
})

export const organizationUpdated = defineEvent({
  name: 'organizations.organization.updated',
  version: 1,
  description: 'The name or kind of an organization changed.',
  payload: z.object({
    organizationId: z.string(),
    name: z.string(),
    kind: z.enum(organizationKinds),
    version: z.number().int(),
  }),
  aggregate: ({ organizationId }) => organizationId,
})

const ending = z.object({
  organizationId: z.string(),
  name: z.string(),
  /** Who did it; null: one of our services. */
  actorId: z.string().nullable(),
})
const organizationId = (payload: { organizationId: string }) => payload.organizationId

export const organizationClosing = defineEvent({
  name: 'organizations.organization.closing',
  version: 1,
  description: 'An owner wants an organization to end. Its members can object until `closesAt`.',
  payload: ending.extend({ closesAt: z.iso.datetime() }),
  aggregate: organizationId,
})

export const organizationRestored = defineEvent({
  name: 'organizations.organization.restored',
  version: 1,
  description: 'An organization that was about to end goes on.',
  payload: ending,
  aggregate: organizationId,
})

export const organizationClosed = defineEvent({
  name: 'organizations.organization.closed',
  version: 1,
  description: 'An organization is no more. That its memberships ended is told for each.',
  payload: ending,
  aggregate: organizationId,
})

export const membershipChanged = defineEvent({
  name: 'organizations.membership.changed',
  version: 1,
  description: 'Somebody joined or left an organization, or has another role in it. In order per person.',
  payload: z.object({
    organizationId: z.string(),
    organizationName: z.string(),
    userId: z.string(),
    /** The role from now on; null: none. */
    role: z.enum(builtInRoles).nullable(),
    change: z.enum(['JOINED', 'ROLE_CHANGED', 'REMOVED', 'LEFT']),
    /** Who did it; null: one of our services. */
    actorId: z.string().nullable(),
  }),
  aggregate: ({ userId }) => userId,
})

export const permissionsChanged = defineEvent({
  name: 'organizations.permissions.changed',
  version: 1,
  description:
    'A member may do other things than before, though the role is the same: by a binding, a custom role or a team. In order per person.',
  payload: z.object({
    organizationId: z.string(),
    userId: z.string(),
    /** What has changed. */
    cause: z.enum(['ROLE_BINDING', 'CUSTOM_ROLE', 'TEAM']),
    /** Who did it; null: one of our services. */
    actorId: z.string().nullable(),
  }),
  aggregate: ({ userId }) => userId,
})

export const customRoleChanged = defineEvent({
  name: 'organizations.custom_role.changed',
  version: 1,
  description: 'An organization made, changed or deleted a role of its own.',
  payload: z.object({
    customRoleId: z.string(),
    organizationId: z.string(),
    name: z.string(),
    permissions: z.array(z.string()),
    change: z.enum(['CREATED', 'UPDATED', 'DELETED']),
    actorId: z.string().nullable(),
  }),
  aggregate: ({ customRoleId }) => customRoleId,
})

export const roleBindingChanged = defineEvent({
  name: 'organizations.role_binding.changed',
  version: 1,
  description:
    'A role was given to a member or a team, or taken back. Bindings that end with a membership, a team or their scope go without it.',
  payload: z.object({
    roleBindingId: z.string(),
    organizationId: z.string(),
    /** One of these two. */
    userId: z.string().nullable(),
    teamId: z.string().nullable(),
    /** One of these two. */
    role: z.enum(builtInRoles).nullable(),
    customRoleId: z.string().nullable(),
    /** The one object that it is for; null: everything in the organization. */
    scopeId: z.string().nullable(),
    change: z.enum(['GRANTED', 'REVOKED']),
    actorId: z.string().nullable(),
  }),
  aggregate: ({ roleBindingId }) => roleBindingId,
})

export const teamChanged = defineEvent({
  name: 'organizations.team.changed',
  version: 1,
  description: 'A team was made, changed or deleted; with a team its memberships end.',
  payload: z.object({
    teamId: z.string(),
    organizationId: z.string(),
    name: z.string(),
    change: z.enum(['CREATED', 'UPDATED', 'DELETED']),
    actorId: z.string().nullable(),
  }),
  aggregate: ({ teamId }) => teamId,
})

export const teamRoles = ['LEAD', 'MEMBER'] as const

export const teamMembershipChanged = defineEvent({
  name: 'organizations.team_membership.changed',
  version: 1,
  description:
    'Somebody joined or left a team, or has another role in it. Who leaves the organization leaves its teams without it.',
  payload: z.object({
    teamId: z.string(),
    organizationId: z.string(),
    userId: z.string(),
    /** The role from now on; null: none. */
    role: z.enum(teamRoles).nullable(),
    change: z.enum(['JOINED', 'ROLE_CHANGED', 'LEFT']),
    actorId: z.string().nullable(),
  }),
  aggregate: ({ teamId }) => teamId,
})

const invitation = z.object({
  invitationId: z.string(),
  organizationId: z.string(),
  organizationName: z.string(),
  role: z.enum(builtInRoles),
  /** The account that has the invited address, if there is one. */
  inviteeUserId: z.string().nullable(),
  /** Who did it; null: somebody who is not logged in, with the invitation's token. */
  actorId: z.string().nullable(),
})

export const invitationCreated = defineEvent({
  name: 'organizations.invitation.created',
  version: 1,
  description: 'Somebody was invited into an organization.',
  payload: invitation.extend({ expiresAt: z.iso.datetime() }),
  aggregate: ({ invitationId }) => invitationId,
})

export const invitationResent = defineEvent({
  name: 'organizations.invitation.resent',
  version: 1,
  description: 'An invitation was sent again; the token of before is void.',
  payload: invitation.extend({ expiresAt: z.iso.datetime() }),
  aggregate: ({ invitationId }) => invitationId,
})

export const invitationDecided = defineEvent({
  name: 'organizations.invitation.decided',
  version: 1,
  description: 'An invitation was accepted, declined or taken back.',
  payload: invitation.extend({ status: z.enum(['ACCEPTED', 'DECLINED', 'REVOKED']) }),
  aggregate: ({ invitationId }) => invitationId,
})

export default defineContract({
  domain: 'organizations',
  ids: {
    org: 'Organization',
    mem: 'OrganizationMember',
    inv: 'OrganizationInvitation',
    rol: 'OrganizationCustomRole',
    rbd: 'RoleBinding',
    tem: 'Team',
  },
  permissions: {
    'organizations:own': {
      description:
        'Make others owners and take that role from owners, hand the organization over, and end it.',
      heldBy: ['OWNER'],
    },
    'organizations:manage': {
      description: 'Change the name and kind of the organization.',
      heldBy: ['OWNER', 'ADMIN'],
    },
    'members:manage': {
      description: 'Invite and remove people and change their roles.',
      heldBy: ['OWNER', 'ADMIN'],
    },
    'members:read': {
      description: 'See who belongs to the organization.',
      heldBy: builtInRoles,
    },
    'roles:manage': {
      description:
        'Make roles of the organization’s own, and give and take roles over all of it or single objects.',
      heldBy: ['OWNER', 'ADMIN'],
    },
    'teams:manage': {
      description: 'Make, change and delete teams, and say who is in them.',
      heldBy: ['OWNER', 'ADMIN'],
    },
    'teams:lead': {
      description: 'Say who is in a team. Who leads a team holds it for that team.',
      heldBy: ['OWNER', 'ADMIN'],
    },
  },
  events: [
    organizationCreated,
    organizationUpdated,
    organizationClosing,
    organizationRestored,
    organizationClosed,
    membershipChanged,
    permissionsChanged,
    customRoleChanged,
    roleBindingChanged,
    teamChanged,
    teamMembershipChanged,
    invitationCreated,
    invitationResent,
    invitationDecided,
  ],
  codes: {
    INVALID_EMAIL: 'Not an e-mail address.',
    INVALID_SLUG: 'Not 3 to 60 small letters, digits and single hyphens.',
    SLUG_TAKEN: 'Another organization has this slug.',
    TOO_MANY_ORGANIZATIONS: 'A person can belong to 50 organizations at most.',
    ALREADY_MEMBER: 'This person belongs to the organization already.',
    ALREADY_INVITED: 'This address has an open invitation already.',
    INVITE_EXPIRED: 'The invitation is too old; ask for a new one.',
    INVITE_EMAIL_MISMATCH: 'The invitation is for another e-mail address than that of your account.',
    ORGANIZATION_CLOSING: 'The organization is about to end and takes nobody in.',
    CONFIRMATION_MISMATCH: 'What was typed as confirmation is not the slug of the organization.',
    NOT_AN_OWNER: 'Only an owner can hand over their ownership.',
    LAST_OWNER: 'An organization keeps at least one owner; make somebody else an owner first.',
    ROLE_ESCALATION: 'What you give or take holds permissions that you do not hold.',
    ROLE_NOT_AVAILABLE: 'Organizations of this kind do not have the role, or it cannot be given this way.',
    KIND_IN_USE: 'Roles that are in use do not exist in organizations of the other kind.',
    UNKNOWN_PERMISSION: 'There is no such permission.',
    NAME_TAKEN: 'The organization has another one of this name.',
    TOO_MANY_ROLES: 'An organization can have 50 roles of its own at most.',
    ROLE_IN_USE: 'The role is given to somebody; take it back first.',
    NOT_A_MEMBER: 'The person does not belong to the organization or the team.',
    ALREADY_GRANTED: 'The role has been given already.',
    ALREADY_IN_TEAM: 'The person is in the team already.',
    TOO_MANY_BINDINGS:
      'A person can hold 100 bindings in an organization at most, with those of their teams and the teams they lead.',
  },
})
