import type { Transaction } from '@guildhall/kit/context'
import { loadContracts } from '@guildhall/kit/discover'
import type { Audience } from '@guildhall/kit/notifications'
import { and, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm'
import { members, watches } from '../tables.ts'

/** Permission → the built-in roles that hold it, of every domain. */
const heldBy = new Map(
  (await loadContracts()).flatMap(({ permissions }) =>
    Object.entries(permissions).map(([permission, { heldBy: roles }]) => [permission, roles] as const),
  ),
)

/** The people of an audience, as membership stands here. */
export async function peopleOf(tx: Transaction, audience: Audience): Promise<string[]> {
  if ('userIds' in audience) return [...audience.userIds]
  const rows = await tx.select({ userId: members.userId }).from(members).where(memberOf(audience))
  return rows.map((row) => row.userId)
}

/** Those who watch one of the subjects, as far as they belong to those who may see it. */
export async function watchersOf(
  tx: Transaction,
  { subjectIds, visibleTo }: { subjectIds: readonly string[]; visibleTo: Audience | 'EVERYBODY' },
): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ userId: watches.userId })
    .from(watches)
    .where(
      and(inArray(watches.subjectId, [...subjectIds]), eq(watches.level, 'WATCHED'), seenBy(tx, visibleTo)),
    )
  return rows.map((row) => row.userId)
}

function seenBy(tx: Transaction, visibleTo: Audience | 'EVERYBODY'): SQL | undefined {
  if (visibleTo === 'EVERYBODY') return undefined
  if ('userIds' in visibleTo) return inArray(watches.userId, [...visibleTo.userIds])
  return inArray(
    watches.userId,
    tx.select({ userId: members.userId }).from(members).where(memberOf(visibleTo)),
  )
}

function memberOf(audience: Exclude<Audience, { userIds: readonly string[] }>): SQL | undefined {
  if ('membersOf' in audience) return belongsTo(audience.membersOf)
  return and(
    belongsTo(audience.in),
    or(
      inArray(members.role, [...(heldBy.get(audience.holdersOf) ?? [])]),
      sql`${audience.holdersOf} = any(${members.permissions})`,
    ),
  )
}

/** Not those who have left. */
const belongsTo = (organizationId: string): SQL | undefined =>
  and(eq(members.organizationId, organizationId), isNotNull(members.role))
