import { defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'
import { builtInRoles, organizationKinds, teamRoles } from './roles.ts'

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
    /**
     * Grows with each change of a membership of this person, also when they come again: a projection keeps the highest it
     * has seen. 0 in what was told before there were versions, in its order.
     */
    version: z.number().int().default(0),
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
