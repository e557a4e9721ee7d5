import { defineContract, defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'

/** The roles every organization has, the mightiest first. Permissions name those that hold them (`heldBy`). */
export const builtInRoles = ['OWNER', 'ADMIN', 'ORGANIZER', 'MEMBER', 'GUEST'] as const

export type BuiltInRole = (typeof builtInRoles)[number]

export const organizationKinds = ['INNOVATION', 'MAKERSPACE', 'COMMERCE', 'CITY', 'TEAM'] as const

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

export const invitationDecided = defineEvent({
  name: 'organizations.invitation.decided',
  version: 1,
  description: 'An invitation was accepted, declined or taken back.',
  payload: invitation.extend({ status: z.enum(['ACCEPTED', 'DECLINED', 'REVOKED']) }),
  aggregate: ({ invitationId }) => invitationId,
})

export default defineContract({
  domain: 'organizations',
  ids: { org: 'Organization', mem: 'OrganizationMember', inv: 'OrganizationInvitation' },
  permissions: {
    'organizations:own': {
      description: 'Make others owners, and take that role from owners.',
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
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER', 'MEMBER', 'GUEST'],
    },
  },
  events: [organizationCreated, organizationUpdated, membershipChanged, invitationCreated, invitationDecided],
  codes: {
    INVALID_EMAIL: 'Not an e-mail address.',
    INVALID_SLUG: 'Not 3 to 60 small letters, digits and single hyphens.',
    SLUG_TAKEN: 'Another organization has this slug.',
    TOO_MANY_ORGANIZATIONS: 'A person can belong to 50 organizations at most.',
    ALREADY_MEMBER: 'This person belongs to the organization already.',
    ALREADY_INVITED: 'This address has an open invitation already.',
    INVITE_EXPIRED: 'The invitation is too old; ask for a new one.',
    INVITE_EMAIL_MISMATCH: 'The invitation is for another e-mail address than that of your account.',
    LAST_OWNER: 'An organization keeps at least one owner; make somebody else an owner first.',
    ROLE_ESCALATION: 'The role holds permissions that you do not hold.',
  },
})
