import type { Context, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import { invitationDecided, membershipChanged, organizationClosed } from './contract.ts'
import { organizationLife } from './domain/organization-life.ts'
import {
  customRoles,
  invitations,
  members,
  type OrganizationRow,
  organizations,
  people,
  teams,
} from './tables.ts'

/** Ends the organizations whose grace is over, each on its own. Replicas may do it at once: one finds it to do. */
export async function closeDue(ctx: Context): Promise<void> {
  const due = await ctx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(and(eq(organizations.status, 'CLOSING'), lte(organizations.closesAt, ctx.now())))
    .orderBy(asc(organizations.closesAt))
    .limit(100)
  for (const { id } of due) {
    try {
      await ctx.transaction('closeOrganization', (tx) => close(ctx, tx, id))
    } catch (error) {
      // The others are due as well; this one is tried again by the next run.
      ctx.log.error({ err: error, organizationId: id }, 'an organization could not be closed')
    }
  }
}

async function close(ctx: Context, tx: Transaction, id: string): Promise<Outcome<null>> {
  const now = ctx.now()
  const [organization] = await tx
    .update(organizations)
    .set({
      status: 'CLOSED',
      closesAt: null,
      ownerCount: 0,
      customRoleCount: 0,
      version: sql`${organizations.version} + 1`,
      updatedAt: now,
    })
    .where(
      and(eq(organizations.id, id), eq(organizations.status, 'CLOSING'), lte(organizations.closesAt, now)),
    )
    .returning()
  if (!organization) return failed(illegalTransition(organizationLife, 'CLOSED', 'CLOSED'))
  await endInvitations(ctx, tx, organization)
  await endMemberships(tx, organization)
  await tx.delete(teams).where(eq(teams.organizationId, id))
  await tx.delete(customRoles).where(eq(customRoles.organizationId, id))
  await tx.emit(organizationClosed, { organizationId: id, name: organization.name, actorId: null })
  return done(null)
}

/** Nobody can see them any more, and they hold addresses: none is kept. */
async function endInvitations(ctx: Context, tx: Transaction, organization: OrganizationRow): Promise<void> {
  const ended = await tx
    .delete(invitations)
    .where(eq(invitations.organizationId, organization.id))
    .returning()
  for (const { id, role, inviteeUserId, status } of ended) {
    if (status !== 'PENDING') continue
    await tx.emit(invitationDecided, {
      invitationId: id,
      organizationId: organization.id,
      organizationName: organization.name,
      role,
      inviteeUserId,
      status: 'REVOKED',
      actorId: ctx.viewer?.userId ?? null,
    })
  }
}

/** All at once, and with them bindings and places in teams. People are counted down in one order, see `locks.ts`. */
async function endMemberships(tx: Transaction, organization: OrganizationRow): Promise<void> {
  const belongs = tx
    .select({ userId: members.userId })
    .from(members)
    .where(eq(members.organizationId, organization.id))
  await tx
    .select({ userId: people.userId })
    .from(people)
    .where(inArray(people.userId, belongs))
    .orderBy(asc(people.userId))
    .for('update')
  const ended = await tx
    .update(people)
    .set({
      organizationCount: sql`${people.organizationCount} - 1`,
      membershipVersion: sql`${people.membershipVersion} + 1`,
    })
    .where(inArray(people.userId, belongs))
    .returning({ userId: people.userId, version: people.membershipVersion })
  await tx.delete(members).where(eq(members.organizationId, organization.id))
  for (const { userId, version } of ended) {
    await tx.emit(membershipChanged, {
      organizationId: organization.id,
      organizationName: organization.name,
      userId,
      role: null,
      change: 'REMOVED',
      version,
      actorId: null,
    })
  }
}
