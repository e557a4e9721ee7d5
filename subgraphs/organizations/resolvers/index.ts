import { Mutation } from './mutation.ts'
import { Organization } from './organization.ts'
import { OrganizationInvitation } from './organization-invitation.ts'
import { OrganizationMember } from './organization-member.ts'
import { Query } from './query.ts'
import { OrganizationCustomRole, RoleBinding } from './role.ts'
import { Team, TeamMember } from './team.ts'
import { User } from './user.ts'

export const resolvers = {
  Query,
  Mutation,
  Organization,
  OrganizationMember,
  OrganizationInvitation,
  OrganizationCustomRole,
  RoleBinding,
  Team,
  TeamMember,
  User,
}
