import type { ConstraintFailures, Context, Transaction } from '@guildhall/kit/context'
import { and, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm'
import contract, { permissionsChanged, roleBindingChanged } from './contract.ts'
import { members, type RoleBindingRow, roleBindings, teamMembers } from './tables.ts'

/** What the database refuses when bindings change. */
export const bindingConstraints: ConstraintFailures = {
  role_binding_once: () => contract.failure('ALREADY_GRANTED', 'The role has been given already.', ['input']),
  member_bindings_max: () =>
    contract.failure('TOO_MANY_BINDINGS', 'Somebody would hold more than 100 bindings.', ['input']),
}

type Subject = Pick<RoleBindingRow, 'organizationId' | 'userId' | 'teamId'>

/** Counts bindings of a member, or of everybody in a team; the check `member_bindings_max` refuses too many. */
export async function countBindings(tx: Transaction, subject: Subject, by: number): Promise<void> {
  if (by === 0) return
  const { organizationId, userId, teamId } = subject
  const inTeam = (id: string) =>
    tx.select({ userId: teamMembers.userId }).from(teamMembers).where(eq(teamMembers.teamId, id))
  await tx
    .update(members)
    .set({ bindingCount: sql`${members.bindingCount} + ${by}::int` })
    .where(
      and(
        eq(members.organizationId, organizationId),
        userId ? eq(members.userId, userId) : undefined,
        teamId ? inArray(members.userId, inTeam(teamId)) : undefined,
      ),
    )
}

/** Ends bindings of an organization that is held alone. @returns whose rights change by it. */
export async function endBindings(tx: Transaction, where: SQL | undefined): Promise<string[]> {
  const holders = await holdersOf(tx, where)
  const ended = await tx.delete(roleBindings).where(where).returning()
  for (const binding of ended) await countBindings(tx, binding, -1)
  return holders
}

/** The people whom bindings reach, directly or by their teams. */
export async function holdersOf(tx: Transaction, where: SQL | undefined): Promise<string[]> {
  const userId = sql<string>`coalesce(${roleBindings.userId}, ${teamMembers.userId})`.mapWith(
    teamMembers.userId,
  )
  const rows = await tx
    .selectDistinct({ userId })
    .from(roleBindings)
    .leftJoin(teamMembers, eq(teamMembers.teamId, roleBindings.teamId))
    .where(and(where, or(isNotNull(roleBindings.userId), isNotNull(teamMembers.userId))))
  return rows.map((row) => row.userId)
}

/** Tells of people who may do other things from now on, each once. */
export async function tellPermissions(
  ctx: Context,
  tx: Transaction,
  organizationId: string,
  userIds: readonly string[],
  cause: 'ROLE_BINDING' | 'CUSTOM_ROLE' | 'TEAM',
): Promise<void> {
  const actorId = ctx.viewer?.userId ?? null
  for (const userId of new Set(userIds)) {
    await tx.emit(permissionsChanged, { organizationId, userId, cause, actorId })
  }
}

export const tellBinding = (
  ctx: Context,
  tx: Transaction,
  { id, organizationId, userId, teamId, role, customRoleId, scopeId }: RoleBindingRow,
  change: 'GRANTED' | 'REVOKED',
): Promise<void> =>
  tx.emit(roleBindingChanged, {
    roleBindingId: id,
    organizationId,
    userId,
    teamId,
    role,
    customRoleId,
    scopeId,
    change,
    actorId: ctx.viewer?.userId ?? null,
  })
