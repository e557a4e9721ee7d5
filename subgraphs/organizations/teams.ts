import type { ConstraintFailures, Context, Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { tellPermissions } from './bindings.ts'
import contract, { teamChanged, teamMembershipChanged } from './contract.ts'
import { type BindingSource, bindingSources } from './grants.ts'
import { roleBindings, type TeamMemberRow, type TeamRow, teamMembers } from './tables.ts'

/** What the database refuses when teams change. */
export const teamConstraints: ConstraintFailures = {
  team_name_unique: () =>
    contract.failure('NAME_TAKEN', 'The organization has another team of this name.', ['input', 'name']),
  team_member_once: () =>
    contract.failure('ALREADY_IN_TEAM', 'The person is in the team already.', ['input', 'userId']),
}

/** @throws Forbidden unless the caller may say who is in the team: whoever manages teams, and its leads. */
export function requireLead(ctx: Context, { id, organizationId }: TeamRow): void {
  if (!ctx.can('teams:manage', { organizationId, id })) ctx.require('teams:lead', { organizationId, id })
}

/** What being in a team gives besides company. */
export const bindingsOfTeam = (tx: Transaction, teamId: string): Promise<BindingSource[]> =>
  bindingSources(tx, eq(roleBindings.teamId, teamId))

/** How many bindings somebody holds by being in a team as this; leads hold one over the team. */
export const worthOf = (role: TeamMemberRow['role'], bindings: readonly unknown[]): number =>
  bindings.length + (role === 'LEAD' ? 1 : 0)

/** Somebody's place in a team; the organization is held alone, so nobody else changes it. */
export async function memberOfTeam(
  tx: Transaction,
  teamId: string,
  userId: string,
): Promise<TeamMemberRow | null> {
  const place = and(eq(teamMembers.teamId, teamId), eq(teamMembers.userId, userId))
  const [member] = await tx.select().from(teamMembers).where(place)
  return member ?? null
}

export const noSuchTeam = (): Failure =>
  contract.failure('NOT_FOUND', 'There is no such team.', ['input', 'teamId'])
export const notInTeam = (): Failure =>
  contract.failure('NOT_A_MEMBER', 'The person is not in the team.', ['input', 'userId'])

export const tellTeam = (
  ctx: Context,
  tx: Transaction,
  { id, organizationId, name }: TeamRow,
  change: 'CREATED' | 'UPDATED' | 'DELETED',
): Promise<void> =>
  tx.emit(teamChanged, {
    teamId: id,
    organizationId,
    name,
    change,
    actorId: ctx.viewer?.userId ?? null,
  })

/** @param changesRights whether the person may do other things from now on. */
export async function tellTeamMember(
  ctx: Context,
  tx: Transaction,
  { teamId, organizationId, userId, role }: TeamMemberRow,
  change: 'JOINED' | 'ROLE_CHANGED' | 'LEFT',
  changesRights: boolean,
): Promise<void> {
  await tx.emit(teamMembershipChanged, {
    teamId,
    organizationId,
    userId,
    role: change === 'LEFT' ? null : role,
    change,
    actorId: ctx.viewer?.userId ?? null,
  })
  if (changesRights) await tellPermissions(ctx, tx, organizationId, [userId], 'TEAM')
}
