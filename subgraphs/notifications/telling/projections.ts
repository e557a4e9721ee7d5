import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, lt } from 'drizzle-orm'
import { members, persons } from '../tables.ts'

/** Keeps how somebody reads; what is older than what we have says nothing. */
export async function keepProfile(
  tx: Transaction,
  {
    userId,
    locale,
    timezone,
    version,
  }: { userId: string; locale: string; timezone: string; version: number },
): Promise<void> {
  await tx
    .insert(persons)
    .values({ id: userId, locale, timezone, version })
    .onConflictDoUpdate({
      target: persons.id,
      set: { locale, timezone, version },
      setWhere: lt(persons.version, version),
    })
}

/** Machines are users like any other; that one is a machine is told before the rest of it. */
export async function keepMachine(tx: Transaction, userId: string): Promise<void> {
  await tx
    .insert(persons)
    .values({ id: userId, locale: 'en', timezone: 'UTC', isMachine: true, version: 0 })
    .onConflictDoUpdate({ target: persons.id, set: { isMachine: true } })
}

export async function forgetPerson(tx: Transaction, userId: string): Promise<void> {
  await tx.delete(persons).where(eq(persons.id, userId))
}

interface InOrganization {
  organizationId: string
  userId: string
}

/**
 * What somebody may do everywhere in an organization. Asked now and not taken from the event: what is newer than the
 * event is told by another one, which asks again.
 */
export async function permissionsOf(
  ctx: Context,
  { organizationId, userId }: InOrganization,
): Promise<string[]> {
  const { organizationGrants } = await ctx.peers.ask<{
    organizationGrants: { organizationId: string; permissions: string[] }[]
  }>(
    'organizations',
    'query ($userId: ID!) { organizationGrants(userId: $userId) { organizationId permissions } }',
    { userId },
  )
  return organizationGrants.find((grant) => grant.organizationId === organizationId)?.permissions ?? []
}

/** Keeps the list of members that tells us later whom an organization and its events concern. */
export async function keepMember(
  tx: Transaction,
  { organizationId, userId, role }: InOrganization & { role: string | null },
  permissions: string[],
): Promise<void> {
  if (role === null) {
    await tx.delete(members).where(isMember({ organizationId, userId }))
    return
  }
  await tx
    .insert(members)
    .values({ organizationId, userId, role, permissions })
    .onConflictDoUpdate({ target: [members.organizationId, members.userId], set: { role, permissions } })
}

export async function keepPermissions(
  tx: Transaction,
  member: InOrganization,
  permissions: string[],
): Promise<void> {
  await tx.update(members).set({ permissions }).where(isMember(member))
}

const isMember = ({ organizationId, userId }: InOrganization) =>
  and(eq(members.organizationId, organizationId), eq(members.userId, userId))
