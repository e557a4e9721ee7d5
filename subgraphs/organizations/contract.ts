import { defineContract } from '@guildhall/kit/contract'
import { everyProduct } from '@guildhall/kit/products'
import {
  customRoleChanged,
  invitationCreated,
  invitationDecided,
  invitationResent,
  membershipChanged,
  organizationClosed,
  organizationClosing,
  organizationCreated,
  organizationRestored,
  organizationUpdated,
  permissionsChanged,
  roleBindingChanged,
  teamChanged,
  teamMembershipChanged,
} from './contract/events.ts'
import { builtInRoles } from './contract/roles.ts'
import { notifications } from './notifications.ts'

export * from './contract/events.ts'
export * from './contract/roles.ts'

export default defineContract({
  domain: 'organizations',
  products: everyProduct,
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
  notifications,
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
    EMAIL_NOT_VERIFIED: 'Verify your e-mail address first.',
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
