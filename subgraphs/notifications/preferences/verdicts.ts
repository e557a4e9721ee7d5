import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import type { Db } from '@guildhall/kit/database'
import { and, eq, isNull, or } from 'drizzle-orm'
import { type NotificationTypeKey, typeOf } from '../domain/notification-types.ts'
import type { QuietHours } from '../domain/quiet-hours.ts'
import type { Choice } from '../domain/resolution.ts'
import { type Verdict, verdictOf } from '../domain/verdict.ts'
import { type PreferenceRow, preferences, quietHours, scopeDefaults, watches } from '../tables.ts'

export type { SkipReason, Verdict } from '../domain/verdict.ts'

/** One notification on its way to one person by one channel. */
export interface Asked {
  recipientId: string
  type: NotificationTypeKey
  channel: PreferenceRow['channel']
  /** Project, event, organization of the notification, the narrowest first. */
  scopeIds: readonly string[]
  subjectId: string | null
  /** What the notification tells of: what was gathered for a digest is not gathered again. */
  cause?: string
}

/** A context, or its clock with a transaction. */
type Asking = Pick<Context, 'now'> & { db: Pick<Db, 'select'> }

/** What people want at this moment, one verdict for each that is asked; the same few statements however many they are. */
export async function verdictsOf({ db, now }: Asking, asked: readonly Asked[]): Promise<Verdict[]> {
  if (asked.length === 0) return []
  const people = [...new Set(asked.map((item) => item.recipientId))]
  const scopeIds = [...new Set(asked.flatMap((item) => item.scopeIds))]
  const choices = await choicesOf(db, people, scopeIds)
  const defaults = await defaultsOf(db, scopeIds)
  const muted = await mutedBy(db, people, [...new Set([...scopeIds, ...asked.flatMap(subjectOf)])])
  const hours = asked.every((item) => item.channel === 'IN_APP') ? new Map() : await hoursOf(db, people)
  return asked.map((item) =>
    verdictOf(
      { ...item, type: typeOf(item.type) },
      {
        choices: choices.get(item.recipientId) ?? [],
        defaults,
        isMuted: [...subjectOf(item), ...item.scopeIds].some((id) => muted.has(`${item.recipientId} ${id}`)),
        quietHours: hours.get(item.recipientId) ?? null,
      },
      now(),
    ),
  )
}

const subjectOf = ({ subjectId }: Asked): string[] => (subjectId === null ? [] : [subjectId])

/** What each of the people has chosen for what is asked. */
async function choicesOf(
  db: Asking['db'],
  people: readonly string[],
  scopeIds: readonly string[],
): Promise<Map<string, Choice[]>> {
  const rows = await db
    .select()
    .from(preferences)
    .where(
      and(
        anyOf(preferences.userId, people),
        or(isNull(preferences.scopeId), anyOf(preferences.scopeId, scopeIds)),
      ),
    )
  return Map.groupBy(rows, (row) => row.userId)
}

async function defaultsOf(db: Asking['db'], scopeIds: readonly string[]): Promise<Choice[]> {
  if (scopeIds.length === 0) return []
  return db.select().from(scopeDefaults).where(anyOf(scopeDefaults.scopeId, scopeIds))
}

/** Who has muted what, as `<person> <thing>`. */
async function mutedBy(
  db: Asking['db'],
  people: readonly string[],
  subjectIds: readonly string[],
): Promise<Set<string>> {
  if (subjectIds.length === 0) return new Set()
  const rows = await db
    .select({ userId: watches.userId, subjectId: watches.subjectId })
    .from(watches)
    .where(
      and(anyOf(watches.userId, people), anyOf(watches.subjectId, subjectIds), eq(watches.level, 'MUTED')),
    )
  return new Set(rows.map((row) => `${row.userId} ${row.subjectId}`))
}

async function hoursOf(db: Asking['db'], people: readonly string[]): Promise<Map<string, QuietHours>> {
  const rows = await db.select().from(quietHours).where(anyOf(quietHours.id, people))
  return new Map(rows.map((row) => [row.id, row]))
}
