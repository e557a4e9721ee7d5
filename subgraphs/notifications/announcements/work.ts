import type { BackgroundWork } from '@guildhall/kit/background-work'
import { lte } from 'drizzle-orm'
import { announcements } from '../tables.ts'
import { dueSignal } from './move.ts'
import { prepareNext, startDue } from './prepare.ts'
import { sendNext } from './send-pages.ts'

/** Begins what is due, reads audiences and sends pages: a portion of each at a time, so that none waits for another. */
export const announcementWork: BackgroundWork = {
  name: 'announcements',
  signal: dueSignal,
  async step(ctx) {
    const hasStarted = await startDue(ctx)
    const hasPrepared = await prepareNext(ctx)
    const hasSent = await sendNext(ctx)
    return hasStarted || hasPrepared || hasSent
  },
  async hasWaiting(ctx) {
    const due = await ctx.db
      .select({ id: announcements.id })
      .from(announcements)
      .where(lte(announcements.nextStepAt, ctx.now()))
      .limit(1)
    return due.length > 0
  },
}
