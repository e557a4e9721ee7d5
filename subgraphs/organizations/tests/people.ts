import { randomUUID } from 'node:crypto'
import { newId } from '@guildhall/kit/ids'
import type { Person, World } from '@guildhall/kit/testing/world'
import { verificationToken } from '../../../scripts/demo/verification-link.ts'
import type { BuiltInRole, OrganizationKind } from '../contract.ts'
import { join } from '../memberships.ts'
import { rolePermissions } from '../roles.ts'

/** A founded organization, whose members are really there. */
export interface Founded {
  id: string
  name: string
  owner: Member
  /** A new member with this role. */
  member(role: BuiltInRole): Promise<Member>
}

/** A member who calls with what the router would grant. */
export interface Member extends Person {
  memberId: string
}

export async function found(
  world: World,
  kind: OrganizationKind = 'INNOVATION',
  name = 'Analytical Engines',
): Promise<Founded> {
  const founder = world.person()
  const { organization } = await founder.mutate<{
    organization: { id: string; members: { nodes: { id: string }[] } }
  }>('createOrganization', { name, kind }, 'organization { id members { nodes { id } } }')
  const { id } = organization
  const as = (userId: string, role: BuiltInRole, memberId: string): Member => ({
    ...granted(world, userId, id, role),
    memberId,
  })
  return {
    id,
    name,
    owner: as(founder.userId, 'OWNER', organization.members.nodes[0]?.id ?? ''),
    member: async (role) => {
      const userId = newId('usr')
      const ctx = world.host.subgraphs.organizations?.ownContext()
      const joined = await ctx?.transaction('test', (tx) =>
        join(ctx, tx, { id, name, kind, status: 'ACTIVE' }, { userId, role }),
      )
      if (!joined?.ok) throw new Error('did not join')
      return as(userId, role, joined.value.id)
    },
  }
}

/** Somebody who calls with the permissions of a role. */
export const granted = (world: World, userId: string, organizationId: string, role: BuiltInRole): Person =>
  world.personWith({
    kind: 'user',
    userId,
    sessionId: newId('ses'),
    platformRoles: [],
    grants: { [organizationId]: { role, permissions: [...rolePermissions[role]] } },
    steppedUpUntilMs: world.clock.now().getTime() + 600_000,
  })

/** The same person, with what the router would grant them by now. */
export async function renewed(world: World, { userId }: Pick<Person, 'userId'>, sessionId = newId('ses')) {
  const { data } = await world.service.run<{ organizationGrants: SeenGrant[] }>(
    `query ($userId: ID!) { organizationGrants(userId: $userId) {
       organizationId role permissions scoped { objectId permissions } } }`,
    { userId },
  )
  const grants = data.organizationGrants.map(({ organizationId, role, permissions, scoped }) => [
    organizationId,
    {
      role,
      permissions,
      scoped: Object.fromEntries(scoped.map((one) => [one.objectId, one.permissions])),
    },
  ])
  return world.personWith({
    kind: 'user',
    userId,
    sessionId,
    platformRoles: [],
    grants: Object.fromEntries(grants),
    steppedUpUntilMs: world.clock.now().getTime() + 600_000,
  })
}

interface SeenGrant {
  organizationId: string
  role: string
  permissions: string[]
  scoped: { objectId: string; permissions: string[] }[]
}

/** Somebody with an account, and so with an address, which is verified unless said otherwise. */
export async function registered(
  world: World,
  { isVerified = true } = {},
): Promise<Person & { email: string }> {
  const email = `${randomUUID()}@example.org`
  const input = { email, password: 'correct horse battery', displayName: 'Ada' }
  await world.anonymous.mutate('registerUser', input, 'isAccepted')
  if (isVerified) {
    const token = await verificationToken(world.databaseUrl, email)
    await world.anonymous.mutate('verifyEmail', { token }, 'isVerified')
  }
  const { data } = await world.service.run<{ userIdByEmail: string }>(`{ userIdByEmail(email: "${email}") }`)
  const caller = { kind: 'user', userId: data.userIdByEmail, sessionId: newId('ses') } as const
  return { ...world.personWith({ ...caller, platformRoles: [], grants: {} }), email }
}

/** Invites as the owner; gives the token. */
export async function invite(
  { id, owner }: Founded,
  email: string,
  role: BuiltInRole = 'MEMBER',
): Promise<{ token: string; id: string }> {
  const { token, invitation, userErrors } = await owner.mutate<{ token: string; invitation: { id: string } }>(
    'inviteMember',
    { organizationId: id, email, role },
    'token invitation { id }',
  )
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  return { token, id: invitation.id }
}

/** The codes of a mutation's failures. */
export const codesOf = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
  userErrors.map((error) => error.code)

/** A new team with these members of the organization in it. */
export async function teamOf({ id, owner }: Founded, people: readonly Person[]): Promise<string> {
  const { team } = await owner.mutate<{ team: { id: string } }>(
    'createTeam',
    { organizationId: id, name: `Team ${randomUUID()}` },
    'team { id }',
  )
  for (const { userId } of people) {
    const { userErrors } = await owner.mutate(
      'addTeamMember',
      { teamId: team.id, userId },
      'teamMember { role }',
    )
    if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  }
  return team.id
}
