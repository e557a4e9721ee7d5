import type { Context, Transaction } from '@guildhall/kit/context'
import { type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import { eq, sql } from 'drizzle-orm'
import contract, { type AnnouncementProgress, announcementMoved } from '../contract.ts'
import { type AnnouncementStatus, announcementLife } from '../domain/announcement-life.ts'
import type { Ctx } from '../loaders.ts'
import { type AnnouncementRow, announcements, announcementTransitions } from '../tables.ts'

/** Heard by those who show how far an announcement is. */
export const progressSignal = 'announcement'

/** Heard by those who work on announcements. */
export const dueSignal = 'announcement_due'

/** What moving needs of a context; the background has it too. */
export type Mover = Pick<Context, 'now' | 'newId' | 'signals' | 'viewer'>

/** Moves a locked announcement: row, history, event; and tells those who watch or work. */
export async function move(
  ctx: Mover,
  tx: Transaction,
  { id, status: from }: Pick<AnnouncementRow, 'id' | 'status'>,
  to: AnnouncementStatus,
  change: Partial<AnnouncementRow>,
): Promise<AnnouncementRow> {
  const now = ctx.now()
  const actorId = ctx.viewer?.userId ?? null
  const [moved] = await tx
    .update(announcements)
    .set({ ...change, status: to, version: sql`${announcements.version} + 1`, updatedAt: now })
    .where(eq(announcements.id, id))
    .returning()
  if (!moved) throw new Error(`announcement ${id} is gone`)
  await tx
    .insert(announcementTransitions)
    .values({ id: ctx.newId('anntr'), announcementId: id, from, to, actorId, at: now })
  await tx.emit(announcementMoved, { ...progressOf(moved), from, to, actorId })
  tx.afterCommit(() => {
    ctx.signals.send(progressSignal, [id])
    if (moved.nextStepAt) ctx.signals.send(dueSignal, [id])
  })
  return moved
}

/** What other domains are told. */
export const progressOf = (announcement: AnnouncementRow): AnnouncementProgress => ({
  announcementId: announcement.id,
  eventId: announcement.eventId,
  organizationId: announcement.organizationId,
  recipientCount: announcement.recipientCount,
  sentCount: announcement.sentCount,
  suppressedCount: announcement.suppressedCount,
  failedCount: announcement.failedCount,
})

/** Locks an announcement: whoever changes it does this first, and waits for the page that is being sent. */
export async function lockAnnouncement(tx: Transaction, id: string): Promise<AnnouncementRow> {
  const [announcement] = await tx.select().from(announcements).where(eq(announcements.id, id)).for('update')
  if (!announcement) throw new Error(`announcement ${id} is gone`)
  return announcement
}

/** An announcement that the caller names and may change. */
export async function namedAnnouncement(ctx: Ctx, id: string): Promise<Outcome<AnnouncementRow>> {
  const announcement = await ctx.loaders.announcement.load(id)
  if (!announcement) {
    return failed(contract.failure('NOT_FOUND', 'There is no such announcement.', ['input', 'id']))
  }
  ctx.require('announcements:send', announcement)
  return { ok: true, value: announcement }
}

/** The caller has decided on something that is no longer so. */
export const versionConflict = (
  expected: number | null | undefined,
  { version }: AnnouncementRow,
): Failure | null =>
  expected == null || expected === version
    ? null
    : contract.failure('VERSION_CONFLICT', 'The announcement was changed meanwhile.', [
        'input',
        'expectedVersion',
      ])

/** Why an announcement cannot be moved there; null when it can. */
export const stepRefusal = ({ status }: AnnouncementRow, to: AnnouncementStatus): Failure | null =>
  stepOf(announcementLife, status, to)
    ? null
    : illegalTransition(announcementLife, status, to, ['input', 'id'])
