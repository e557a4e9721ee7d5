import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, isNotNull, lt, lte, sql } from 'drizzle-orm'
import { members, persons } from '../tables.ts'

/** Keeps how somebody reads; what is older than what we have says nothing, nor does anything of who was erased. */
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
      setWhere: sql`${lt(persons.version, version)} and not ${persons.isErased}`,
    })
}

/** Machines are users like any other; that one is a machine is told before the rest of it. */
export async function keepMachine(tx: Transaction, userId: string): Promise<void> {
  await tx
    .insert(persons)
    .values({ id: userId, locale: 'en', timezone: 'UTC', isMachine: true, version: 0 })
    .onConflictDoUpdate({ target: persons.id, set: { isMachine: true } })
}

/** Leaves the id alone, for good. */
export async function forgetPerson(tx: Transaction, userId: string): Promise<void> {
  const nothing = { locale: 'en', timezone: 'UTC', version: 0, isErased: true }
  await tx
    .insert(persons)
    .values({ id: userId, ...nothing })
    .onConflictDoUpdate({ target: persons.id, set: nothing })
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

/**
 * Keeps the list of members that tells us later whom an organization and its events concern: the newest that was heard of
 * each. What is as new says the same, or was told in its order before there were versions.
 */
export async function keepMember(
  tx: Transaction,
  { organizationId, userId, role, version }: InOrganization & { role: string | null; version: number },
  permissions: string[],
): Promise<void> {
  const row = { role, permissions: role === null ? [] : permissions, version }
  await tx
    .insert(members)
    .values({ organizationId, userId, ...row })
    .onConflictDoUpdate({
      target: [members.organizationId, members.userId],
      set: row,
      setWhere: lte(members.version, version),
    })
}

/** Of a person who is erased no role is left; what organizations tells of it later says the same. */
export async function forgetMemberships(tx: Transaction, userId: string): Promise<void> {
  await tx.update(members).set({ role: null, permissions: [] }).where(eq(members.userId, userId))
}

export async function keepPermissions(
  tx: Transaction,
  member: InOrganization,
  permissions: string[],
): Promise<void> {
  await tx
    .update(members)
    .set({ permissions })
    .where(
      and(
        eq(members.organizationId, member.organizationId),
        eq(members.userId, member.userId),
        isNotNull(members.role),
      ),
    )
}
