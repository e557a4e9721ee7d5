import type { Context } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, lte, type SQL } from 'drizzle-orm'
import { recipientsMax } from '../domain/announcement-draft.ts'
import type { AnnouncementStatus } from '../domain/announcement-life.ts'
import { preparationAttemptsMax, retryAt } from '../domain/announcement-pace.ts'
import type { Merged } from '../domain/segment.ts'
import { type AnnouncementRow, announcements } from '../tables.ts'
import { audiencePage } from './audience.ts'
import { fix, writeLedger } from './begin.ts'
import { lockAnnouncement, move, progressSignal } from './move.ts'

/** People of each group that are asked for at once. */
const pageSize = 5_000

/** Whoever reads a page of an audience has so long; then somebody else does it. */
const leaseMs = 30_000

/** Announcements in a state whose time has come. */
export const dueIn = (status: AnnouncementStatus, now: Date): SQL | undefined =>
  and(eq(announcements.status, status), lte(announcements.nextStepAt, now))

/** Begins what was scheduled for now. */
export async function startDue(ctx: Context): Promise<boolean> {
  const outcome = await ctx.transaction('startDueAnnouncement', async (tx) => {
    const [due] = await tx
      .select()
      .from(announcements)
      .where(dueIn('SCHEDULED', ctx.now()))
      .orderBy(asc(announcements.nextStepAt))
      .limit(1)
      .for('update', { skipLocked: true })
    if (due) await move(ctx, tx, due, 'PREPARING', { nextStepAt: ctx.now() })
    return done(due !== undefined)
  })
  return outcome.ok && outcome.value
}

/**
 * Reads the next page of an audience into the ledger. Other domains are asked outside of a transaction; the position up
 * to which the ledger is filled says whether the page is still wanted.
 */
export async function prepareNext(ctx: Context): Promise<boolean> {
  const announcement = await claim(ctx)
  if (!announcement) return false
  try {
    const page = await audiencePage(
      { db: ctx.db, peers: ctx.peers },
      announcement,
      announcement.segment,
      announcement.preparedUpTo,
      pageSize,
    )
    await ctx.transaction('prepareAnnouncement', async (tx) => {
      const current = await lockAnnouncement(tx, announcement.id)
      if (current.status !== 'PREPARING' || current.preparedUpTo !== announcement.preparedUpTo)
        return done(null)
      const known = current.recipientCount
      if (known + page.userIds.length > recipientsMax) await fail(ctx, tx, current, 'AUDIENCE_TOO_LARGE')
      else await store(ctx, tx, current, page)
      return done(null)
    })
  } catch (error) {
    ctx.log.warn({ err: error, announcementId: announcement.id }, 'audience not read')
    await putOff(ctx, announcement.id)
  }
  return true
}

type Tx = Parameters<Parameters<Context['transaction']>[1]>[0]

async function store(ctx: Context, tx: Tx, current: AnnouncementRow, page: Merged): Promise<void> {
  const recipientCount = current.recipientCount + (await writeLedger(tx, current.id, page.userIds))
  if (page.upTo === null) {
    if (recipientCount === 0) await fail(ctx, tx, current, 'AUDIENCE_EMPTY')
    else await fix(ctx, tx, current, recipientCount)
    return
  }
  await tx
    .update(announcements)
    .set({ recipientCount, preparedUpTo: page.upTo, nextStepAt: ctx.now(), attempts: 0 })
    .where(eq(announcements.id, current.id))
  tx.afterCommit(() => ctx.signals.send(progressSignal, [current.id]))
}

const fail = (ctx: Context, tx: Tx, current: AnnouncementRow, failure: string) =>
  move(ctx, tx, current, 'FAILED', { nextStepAt: null, failure })

async function claim(ctx: Context): Promise<AnnouncementRow | null> {
  const outcome = await ctx.transaction('claimAnnouncement', async (tx) => {
    const [due] = await tx
      .select()
      .from(announcements)
      .where(dueIn('PREPARING', ctx.now()))
      .orderBy(asc(announcements.nextStepAt))
      .limit(1)
      .for('update', { skipLocked: true })
    if (!due) return done(null)
    await tx
      .update(announcements)
      .set({ nextStepAt: new Date(ctx.now().getTime() + leaseMs) })
      .where(eq(announcements.id, due.id))
    return done(due)
  })
  return outcome.ok ? outcome.value : null
}

/** Another domain may be back in a while; after an hour of that somebody has to look. */
const putOff = (ctx: Context, id: string) =>
  ctx.transaction('putOffAnnouncement', async (tx) => {
    const current = await lockAnnouncement(tx, id)
    if (current.status !== 'PREPARING') return done(null)
    const attempts = current.attempts + 1
    if (attempts >= preparationAttemptsMax) await fail(ctx, tx, current, 'AUDIENCE_UNAVAILABLE')
    else {
      await tx
        .update(announcements)
        .set({ attempts, nextStepAt: retryAt(attempts, ctx.now()) })
        .where(eq(announcements.id, id))
    }
    return done(null)
  })
