import type { Context, Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { and, eq, sql } from 'drizzle-orm'
import contract, {
  type EventRoleName,
  eventMembershipChanged,
  eventRoleNames,
  runningRoles,
} from './contract.ts'
import type { Ctx } from './loaders.ts'
import { standing } from './standing.ts'
import { type EventMembershipRow, type EventRow, eventMemberships } from './tables.ts'

/** The event that roles are given or taken for, as far as the caller may do that; or why not. */
export async function eventForRoles(
  ctx: Ctx,
  eventId: string,
  roles: readonly EventRoleName[],
): Promise<EventRow | Failure> {
  const event = await ctx.loaders.event.load(eventId)
  if (!event) return contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId'])
  await standing.require(ctx, 'events:write', event)
  if (roles.length === 0) return contract.failure('NO_ROLES', 'Name at least one role.', ['input', 'roles'])
  if (!roles.some((role) => runningRoles.includes(role))) return event
  if (await standing.can(ctx, 'events:own', event)) return event
  return contract.failure('ROLE_ESCALATION', 'Only owners give and take these roles.', ['input', 'roles'])
}

interface Change {
  event: Pick<EventRow, 'id' | 'organizationId' | 'title'>
  userId: string
  give?: readonly EventRoleName[]
  take?: readonly EventRoleName[]
}

/** Gives or takes roles in one statement, so that rivals lose nothing; tells others only of what has changed. */
export async function changeRoles(
  ctx: Context,
  tx: Transaction,
  { event, userId, give = [], take = [] }: Change,
): Promise<EventMembershipRow | null> {
  const [before] = await tx
    .select()
    .from(eventMemberships)
    .where(and(eq(eventMemberships.eventId, event.id), eq(eventMemberships.userId, userId)))
    .for('update')
  const had = before?.roles ?? []
  const roles = eventRoleNames.filter(
    (role) => (had.includes(role) || give.includes(role)) && !take.includes(role),
  )
  if (roles.length === had.length && roles.every((role) => had.includes(role))) return before ?? null
  const now = ctx.now()
  const [membership] = await tx
    .insert(eventMemberships)
    .values({
      id: ctx.newId('evm'),
      eventId: event.id,
      organizationId: event.organizationId,
      userId,
      roles,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoUpdate({
      target: [eventMemberships.eventId, eventMemberships.userId],
      set: { roles, version: sql`${eventMemberships.version} + 1`, updatedAt: now },
    })
    .returning()
  if (!membership) throw new Error('upsert returned nothing')
  await tx.emit(eventMembershipChanged, {
    eventId: event.id,
    organizationId: event.organizationId,
    eventTitle: event.title,
    userId,
    roles,
    added: roles.filter((role) => !had.includes(role)),
    version: membership.version,
    actorId: ctx.viewer?.userId ?? null,
  })
  return membership
}
