import type { Transaction } from '@guildhall/kit/context'
import { loadContracts } from '@guildhall/kit/discover'
import type { Audience, Watchers } from '@guildhall/kit/notifications'
import { and, arrayOverlaps, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm'
import { eventRoles, members, watches } from '../tables.ts'

const permissions = (await loadContracts()).flatMap((contract) => Object.entries(contract.permissions))

/** Permission → the built-in roles that hold it, of every domain. */
const heldBy = new Map(permissions.map(([permission, { heldBy: roles }]) => [permission, roles] as const))

/** Permission → the roles on an event that hold it for that event. */
const heldOnEvents = new Map(
  permissions.map(([permission, { heldOn = {} }]) => [permission, heldOn.evt ?? []] as const),
)

/** The people of an audience, as memberships and roles stand here. */
export async function peopleOf(tx: Transaction, audience: Audience): Promise<string[]> {
  if ('userIds' in audience) return [...audience.userIds]
  const people = new Set<string>()
  for (const group of groupsOf(tx, audience)) for (const { userId } of await group) people.add(userId)
  return [...people]
}

/** Those who watch one of the subjects, as far as they belong to those who may see it. */
export async function watchersOf(
  tx: Transaction,
  { subjectIds, visibleTo }: ReturnType<Watchers<unknown>['of']>,
): Promise<string[]> {
  const isSeen =
    visibleTo === 'EVERYBODY'
      ? undefined
      : (or(...visibleTo.flatMap((audience) => watchersIn(tx, audience))) ?? sql`false`)
  const rows = await tx
    .selectDistinct({ userId: watches.userId })
    .from(watches)
    .where(and(inArray(watches.subjectId, [...subjectIds]), eq(watches.level, 'WATCHED'), isSeen))
  return rows.map((row) => row.userId)
}

const watchersIn = (tx: Transaction, audience: Audience): SQL[] =>
  'userIds' in audience
    ? [inArray(watches.userId, [...audience.userIds])]
    : groupsOf(tx, audience).map((group) => inArray(watches.userId, group))

/** Selections that together are an audience. */
function groupsOf(tx: Transaction, audience: Exclude<Audience, { userIds: readonly string[] }>) {
  if ('membersOf' in audience) return [membersOf(tx, audience.membersOf)]
  if ('helpersOf' in audience) {
    return [helpersOf(tx, audience.helpersOf, sql`cardinality(${eventRoles.roles}) > 0`)]
  }
  const { holdersOf: permission, in: organizationId, on: eventId } = audience
  const roles = [...(heldBy.get(permission) ?? [])]
  const byMembership = membersOf(
    tx,
    organizationId,
    or(inArray(members.role, roles), sql`${permission} = any(${members.permissions})`),
  )
  const rolesOnEvent = [...(heldOnEvents.get(permission) ?? [])]
  return eventId === undefined || rolesOnEvent.length === 0
    ? [byMembership]
    : [byMembership, helpersOf(tx, eventId, arrayOverlaps(eventRoles.roles, rolesOnEvent))]
}

/** Not those who have left. */
const membersOf = (tx: Transaction, organizationId: string, which?: SQL) =>
  tx
    .select({ userId: members.userId })
    .from(members)
    .where(and(eq(members.organizationId, organizationId), isNotNull(members.role), which))

const helpersOf = (tx: Transaction, eventId: string, which: SQL) =>
  tx
    .select({ userId: eventRoles.userId })
    .from(eventRoles)
    .where(and(eq(eventRoles.objectId, eventId), which))
