import { reference } from '@guildhall/kit/entities'
import { statusAt } from '../domain/invitation.ts'
import type { OrganizationInvitationResolvers } from '../generated/graphql.ts'
import { organizationOf } from './organization-of.ts'

export const OrganizationInvitation: OrganizationInvitationResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.invitation.load(id),
  status: (invitation, _, ctx) => statusAt(invitation, ctx.now()),
  organization: organizationOf,
  invitedBy: (invitation) => reference('User', invitation.invitedById),
}
