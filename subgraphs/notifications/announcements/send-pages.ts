import type { Context, Transaction } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, type SQL } from 'drizzle-orm'
import { announcementCompleted, announcementPageSent } from '../contract.ts'
import {
  attemptsAfter,
  attemptsBeforeApart,
  nextPageAt,
  pageSizeOf,
  retryAt,
} from '../domain/announcement-pace.ts'
import { announced } from '../domain/notices.ts'
import { deliver } from '../inbox/deliver.ts'
import { type AnnouncementRow, announcementRecipients, announcements } from '../tables.ts'
import { type Settled, settle } from './ledger.ts'
import { lockAnnouncement, type Mover, move, progressOf, progressSignal } from './move.ts'
import { dueIn } from './prepare.ts'

/** Sends the next page of an announcement that is due. One that breaks is tried again later. */
export async function sendNext(ctx: Context): Promise<boolean> {
  let id: string | null = null
  try {
    const outcome = await ctx.transaction('sendAnnouncementPage', async (tx) => {
      const announcement = await nextDue(tx, dueIn('SENDING', ctx.now()))
      id = announcement?.id ?? null
      if (announcement) await sendPage(tx, ctx, announcement)
      return done(announcement !== null)
    })
    return outcome.ok && outcome.value
  } catch (error) {
    if (id === null) throw error
    ctx.log.warn({ err: error, announcementId: id }, 'page of an announcement not sent')
    await putOff(ctx, id)
    return true
  }
}

/**
 * Deals with the next page of an announcement's recipients. The ledger remembers who is done, so that a page that was
 * interrupted is done again as a whole and nobody gets the announcement twice.
 */
export async function sendNextPage(tx: Transaction, ctx: Mover, announcementId: string): Promise<void> {
  const announcement = await nextDue(
    tx,
    and(eq(announcements.id, announcementId), eq(announcements.status, 'SENDING')),
  )
  if (announcement) await sendPage(tx, ctx, announcement)
}

/** Locked until the end of the transaction: whoever pauses or cancels it waits for the page and no longer. */
async function nextDue(tx: Transaction, where: SQL | undefined): Promise<AnnouncementRow | null> {
  const [due] = await tx
    .select()
    .from(announcements)
    .where(where)
    .orderBy(asc(announcements.nextStepAt))
    .limit(1)
    .for('update', { skipLocked: true })
  return due ?? null
}

async function sendPage(tx: Transaction, ctx: Mover, announcement: AnnouncementRow): Promise<void> {
  const page = await tx
    .select({ userId: announcementRecipients.userId })
    .from(announcementRecipients)
    .where(
      and(
        eq(announcementRecipients.announcementId, announcement.id),
        eq(announcementRecipients.status, 'PENDING'),
      ),
    )
    .orderBy(asc(announcementRecipients.userId))
    .limit(pageSizeOf(announcement))
  const userIds = page.map((row) => row.userId)
  const settled =
    announcement.attempts < attemptsBeforeApart
      ? await give(tx, ctx, announcement, userIds)
      : await giveApart(tx, ctx, announcement, userIds)
  await settle(tx, announcement.id, settled, ctx.now())
  await report(tx, ctx, announcement, settled)
}

async function give(
  tx: Transaction,
  ctx: Mover,
  announcement: AnnouncementRow,
  userIds: readonly string[],
): Promise<Settled> {
  const { delivered, suppressed } = await deliver(tx, ctx, announcement.id, announced(announcement, userIds))
  // Who does not want it in the app may want it by another way: that is found out when it leaves.
  const hasOtherWays = announcement.channels.some((channel) => channel !== 'IN_APP')
  return hasOtherWays
    ? { sent: [...delivered, ...suppressed.keys()], suppressed: [], failed: [], reasons: suppressed }
    : { sent: delivered, suppressed: [...suppressed.keys()], failed: [], reasons: suppressed }
}

/** One by one: whoever cannot be given it fails alone. */
async function giveApart(
  tx: Transaction,
  ctx: Mover,
  announcement: AnnouncementRow,
  userIds: readonly string[],
): Promise<Settled> {
  const all: Settled = { sent: [], suppressed: [], failed: [], reasons: new Map() }
  for (const userId of userIds) {
    const effects: (() => void)[] = []
    try {
      const one = await tx.transaction((inner) => {
        const own = { emit: tx.emit, afterCommit: (effect: () => void) => void effects.push(effect) }
        return give(Object.assign(inner, own), ctx, announcement, [userId])
      })
      all.sent.push(...one.sent)
      all.suppressed.push(...one.suppressed)
      for (const [unwilling, reason] of one.reasons) all.reasons.set(unwilling, reason)
      for (const effect of effects) tx.afterCommit(effect)
    } catch {
      all.failed.push(userId)
    }
  }
  return all
}

async function report(
  tx: Transaction,
  ctx: Mover,
  announcement: AnnouncementRow,
  settled: Settled,
): Promise<void> {
  const counts = {
    sentCount: announcement.sentCount + settled.sent.length,
    suppressedCount: announcement.suppressedCount + settled.suppressed.length,
    failedCount: announcement.failedCount + settled.failed.length,
  }
  const doneCount = counts.sentCount + counts.suppressedCount + counts.failedCount
  const count = doneCount - announcement.sentCount - announcement.suppressedCount - announcement.failedCount
  const now = ctx.now()
  const nextStepAt = nextPageAt(announcement, count, now)
  if (doneCount === announcement.recipientCount) {
    const hasFailed = counts.failedCount === announcement.recipientCount
    const over = { ...counts, nextStepAt: null, pacedUntil: nextStepAt, attempts: 0, completedAt: now }
    const failure = hasFailed ? 'NOBODY_REACHED' : null
    const last = await move(ctx, tx, announcement, hasFailed ? 'FAILED' : 'SENT', { ...over, failure })
    await tx.emit(announcementCompleted, progressOf(last))
    return
  }
  const [current] = await tx
    .update(announcements)
    .set({
      ...counts,
      attempts: attemptsAfter(announcement.attempts, settled.failed.length > 0),
      nextStepAt,
      pacedUntil: nextStepAt,
    })
    .where(eq(announcements.id, announcement.id))
    .returning()
  if (!current) throw new Error('the announcement was locked and is gone')
  await tx.emit(announcementPageSent, progressOf(current))
  tx.afterCommit(() => ctx.signals.send(progressSignal, [announcement.id]))
}

const putOff = (ctx: Context, id: string) =>
  ctx.transaction('putOffAnnouncement', async (tx) => {
    const { status, attempts } = await lockAnnouncement(tx, id)
    if (status !== 'SENDING') return done(null)
    await tx
      .update(announcements)
      .set({ attempts: attempts + 1, nextStepAt: retryAt(attempts + 1, ctx.now()) })
      .where(eq(announcements.id, id))
    return done(null)
  })
