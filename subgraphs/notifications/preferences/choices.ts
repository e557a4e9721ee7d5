import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import type { Db } from '@guildhall/kit/database'
import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Held } from '../domain/preferences.ts'
import type { Choice } from '../domain/resolution.ts'
import { type NotificationDefaultRow, preferences, scopeDefaults } from '../tables.ts'

/** A choice, or with null that there is none any more. */
export type NewChoice = Omit<Choice, 'isEnabled'> & { isEnabled: boolean | null }

/** What holds for a person, in a scope or everywhere else. */
export async function heldBy(
  db: Pick<Db, 'select'>,
  userId: string,
  scopeId: string | null | undefined,
): Promise<Held> {
  const scopeIds = scopeId == null ? [] : [scopeId]
  const choices = await db
    .select()
    .from(preferences)
    .where(
      and(
        eq(preferences.userId, userId),
        or(isNull(preferences.scopeId), anyOf(preferences.scopeId, scopeIds)),
      ),
    )
  const defaults =
    scopeIds.length === 0
      ? []
      : await db.select().from(scopeDefaults).where(anyOf(scopeDefaults.scopeId, scopeIds))
  return { choices, defaults, scopeIds }
}

/** Keeps or forgets what a person has chosen; one row however many do it at once. */
export async function keepChoice(
  tx: Transaction,
  now: Date,
  userId: string,
  { isEnabled, ...about }: NewChoice,
): Promise<void> {
  if (isEnabled === null) {
    await tx
      .delete(preferences)
      .where(
        and(
          eq(preferences.userId, userId),
          same(preferences.scopeId, about.scopeId),
          sameTopic(preferences, about),
        ),
      )
    return
  }
  await tx
    .insert(preferences)
    .values({ userId, ...about, isEnabled, updatedAt: now })
    .onConflictDoUpdate({
      target: [
        preferences.userId,
        preferences.scopeId,
        preferences.type,
        preferences.category,
        preferences.channel,
      ],
      set: { isEnabled, updatedAt: now },
    })
}

/** Keeps or forgets what is set for all in a scope. */
export async function keepDefault(
  tx: Transaction,
  now: Date,
  { isEnabled, scopeId, ...about }: NotificationDefaultRow,
): Promise<void> {
  if (isEnabled === null) {
    await tx
      .delete(scopeDefaults)
      .where(and(eq(scopeDefaults.scopeId, scopeId), sameTopic(scopeDefaults, about)))
    return
  }
  await tx
    .insert(scopeDefaults)
    .values({ scopeId, ...about, isEnabled, updatedAt: now })
    .onConflictDoUpdate({
      target: [scopeDefaults.scopeId, scopeDefaults.type, scopeDefaults.category, scopeDefaults.channel],
      set: { isEnabled, updatedAt: now },
    })
}

const sameTopic = (
  table:
    | Pick<typeof preferences, 'type' | 'category' | 'channel'>
    | Pick<typeof scopeDefaults, 'type' | 'category' | 'channel'>,
  { type, category, channel }: Pick<Choice, 'type' | 'category' | 'channel'>,
): SQL | undefined => and(same(table.type, type), same(table.category, category), eq(table.channel, channel))

const same = (column: PgColumn, value: string | null): SQL =>
  value === null ? isNull(column) : sql`${column} = ${value}`
