import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import { idOf } from '@guildhall/kit/ids'
import { and, asc, eq, inArray, isNotNull, type SQL, sql } from 'drizzle-orm'
import {
  inboxStates,
  type NotificationState,
  type NotificationStep,
  type NotificationTime,
  type Setting,
  stepOf,
  unreadStates,
} from '../domain/notification-states.ts'
import { notifications, type RecipientRow, recipients } from '../tables.ts'

/**
 * Locks the heads of inboxes, always in the same order. Whoever writes into an inbox does so first.
 *
 * @param isPatient without it, inboxes that somebody else holds are left out.
 */
export const lockInboxes = (
  tx: Transaction,
  recipientIds: readonly string[],
  isPatient = true,
): Promise<RecipientRow[]> =>
  tx
    .select()
    .from(recipients)
    .where(anyOf(recipients.id, recipientIds))
    .orderBy(asc(recipients.id))
    .for('update', isPatient ? {} : { skipLocked: true })

/** What shall happen to which notifications of inboxes that are locked. */
export interface Change {
  step: NotificationStep
  recipientIds: readonly string[]
  /** Default: all of them. */
  which?: SQL | undefined
  /** For SNOOZE. */
  until?: Date
}

/**
 * Takes a step with notifications and changes the counts of their inboxes in the same statement. Those in a state from
 * which there is no such step are passed over. Wakes the streams of those whose inbox has changed, after the commit.
 *
 * @returns recipient → how many of theirs have changed.
 */
export async function changeNotifications(
  tx: Transaction,
  ctx: Pick<Context, 'now' | 'signals'>,
  { step, recipientIds, which, until }: Change,
): Promise<Map<string, number>> {
  const { from, sets } = stepOf(step)
  const at = { now: ctx.now(), until: until ?? null }
  const settings = (Object.entries(sets) as [NotificationTime, Setting][]).map(
    ([time, setting]) => sql`${sql.identifier(columnOf[time])} = ${settingOf(time, setting, at)}`,
  )
  const meant = and(
    anyOf(notifications.recipientId, recipientIds),
    isNotNull(notifications.seq),
    inArray(notifications.state, [...from]),
    which,
  )
  const rows = await tx.execute<{ id: string; changed: number }>(sql`
    with was as (
      select ${notifications.id} as id, ${notifications.state} as state, ${recipients.revision} + 1 as revision
      from ${notifications} join ${recipients} on ${eq(recipients.id, notifications.recipientId)}
      where ${meant}
    ), changed as (
      update ${notifications} set revision = was.revision, ${sql.join(settings, sql`, `)}
      from was where ${notifications.id} = was.id
      returning ${notifications.recipientId} as recipient_id, was.state as before, ${notifications.state} as after
    ), delta as (
      select recipient_id, count(*)::int as changed,
        ${gained(['UNSEEN'])} as unseen, ${gained(unreadStates)} as unread,
        ${gained(['ARCHIVED'])} as archived, ${gained(['SNOOZED'])} as snoozed
      from changed group by recipient_id
    )
    update ${recipients} set revision = ${recipients.revision} + 1,
      unseen = ${recipients.unseen} + delta.unseen, unread = ${recipients.unread} + delta.unread,
      archived = ${recipients.archived} + delta.archived, snoozed = ${recipients.snoozed} + delta.snoozed
    from delta where ${recipients.id} = delta.recipient_id
    returning ${recipients.id} as id, delta.changed as changed`)
  const changed = new Map([...rows].map((row) => [idOf('usr', row.id), row.changed]))
  if (changed.size > 0) tx.afterCommit(() => ctx.signals.send('inbox', [...changed.keys()]))
  return changed
}

/** What is neither put away nor put off. */
export const inInbox = (): SQL => inArray(notifications.state, [...inboxStates])

const columnOf: Readonly<Record<NotificationTime, string>> = {
  seenAt: 'seen_at',
  readAt: 'read_at',
  archivedAt: 'archived_at',
  snoozedUntil: 'snoozed_until',
  wokenAt: 'woken_at',
}

function settingOf(time: NotificationTime, setting: Setting, at: { now: Date; until: Date | null }): SQL {
  const column = notifications[time]
  switch (setting) {
    case 'NOW':
      return sql`${sql.param(at.now, column)}::timestamptz`
    case 'NOW_IF_NONE':
      return sql`coalesce(${column}, ${sql.param(at.now, column)}::timestamptz)`
    case 'UNTIL':
      return sql`${sql.param(at.until, column)}::timestamptz`
    case 'NONE':
      return sql`null`
  }
}

/** How many more are in these states than before. */
const gained = (states: readonly NotificationState[]): SQL => {
  const these = sql.join(
    states.map((state) => sql`${state}::notifications.notification_state`),
    sql`, `,
  )
  return sql`(count(*) filter (where after in (${these})) - count(*) filter (where before in (${these})))::int`
}
