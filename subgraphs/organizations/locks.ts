import type { Context, Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { and, eq } from 'drizzle-orm'
import {
  members,
  type OrganizationMemberRow,
  type OrganizationRow,
  organizations,
  type TeamRow,
  teams,
} from './tables.ts'
import { liveOrganizations, visibleMembers, visibleTeams } from './visibility.ts'

/**
 * How an organization is held until the transaction ends. `share`: it stays as it is, for any number at once (somebody
 * joins, is invited). `no key update`: alone, for whoever changes what members hold. It is always taken before anything
 * that belongs to the organization, so that nobody waits in a circle.
 */
export type Hold = 'share' | 'no key update'

/** The organization as it is now, held. Null when there is none, or none any more. */
export async function lockOrganization(
  tx: Transaction,
  id: string,
  hold: Hold = 'no key update',
): Promise<OrganizationRow | null> {
  const [organization] = await tx
    .select()
    .from(organizations)
    .where(and(eq(organizations.id, id), liveOrganizations))
    .for(hold)
  return organization ?? null
}

/**
 * A member that the caller may see, with the organization, held alone. Looked up inside of the transaction, so that a
 * repeated call is given its first answer even when the member is gone by now.
 */
export async function lockMember(
  ctx: Context,
  tx: Transaction,
  id: string,
): Promise<{ member: OrganizationMemberRow; organization: OrganizationRow } | null> {
  if (!isId('mem', id)) return null
  const visible = and(eq(members.id, id), visibleMembers(ctx))
  const [seen] = await tx.select().from(members).where(visible)
  const organization = seen && (await lockOrganization(tx, seen.organizationId))
  if (!organization) return null
  const [member] = await tx.select().from(members).where(eq(members.id, id))
  return member ? { member, organization } : null
}

/** A team that the caller may see, with the organization held alone. */
export async function lockTeam(
  ctx: Context,
  tx: Transaction,
  id: string,
): Promise<{ team: TeamRow; organization: OrganizationRow } | null> {
  if (!isId('tem', id)) return null
  const [seen] = await tx
    .select()
    .from(teams)
    .where(and(eq(teams.id, id), visibleTeams(ctx)))
  const organization = seen && (await lockOrganization(tx, seen.organizationId))
  if (!organization) return null
  const [team] = await tx.select().from(teams).where(eq(teams.id, id))
  return team ? { team, organization } : null
}
