import type { Transaction } from '@guildhall/kit/context'
import { sql } from 'drizzle-orm'
import { makePgArray } from 'drizzle-orm/pg-core'
import { announcementQueued } from '../contract.ts'
import type { Merged } from '../domain/segment.ts'
import { type AnnouncementRow, announcementRecipients } from '../tables.ts'
import { type Mover, move, progressOf } from './move.ts'

/** Writes people into the ledger. @returns how many were not in it. */
export async function writeLedger(
  tx: Transaction,
  announcementId: string,
  userIds: readonly string[],
): Promise<number> {
  if (userIds.length === 0) return 0
  const { userId, announcementId: of } = announcementRecipients
  const uuids = sql.param(makePgArray(userIds.map((id) => userId.mapToDriverValue(id))))
  const written = await tx.execute(sql`
    insert into ${announcementRecipients} (announcement_id, user_id)
    select ${of.mapToDriverValue(announcementId)}::uuid, unnest(${uuids}::uuid[])
    on conflict do nothing`)
  return written.count
}

/** Begins a locked announcement with the beginning of its audience. When that is all, its recipients are fixed now. */
export async function begin(
  ctx: Mover,
  tx: Transaction,
  announcement: AnnouncementRow,
  { userIds, upTo }: Merged,
): Promise<AnnouncementRow> {
  const now = ctx.now()
  const recipientCount = await writeLedger(tx, announcement.id, userIds)
  const started = await move(ctx, tx, announcement, 'PREPARING', {
    recipientCount,
    preparedUpTo: upTo,
    nextStepAt: now,
  })
  return upTo === null ? fix(ctx, tx, started, recipientCount) : started
}

/** All recipients are known: from now on they are those, and are dealt with. */
export async function fix(
  ctx: Mover,
  tx: Transaction,
  announcement: AnnouncementRow,
  recipientCount: number,
): Promise<AnnouncementRow> {
  const now = ctx.now()
  const fixed = await move(ctx, tx, announcement, 'SENDING', {
    recipientCount,
    preparedAt: now,
    nextStepAt: now,
    attempts: 0,
    failure: null,
  })
  await tx.emit(announcementQueued, progressOf(fixed))
  return fixed
}
