import type { BackgroundWork } from '@guildhall/kit/background-work'
import type { Context, Transaction } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { asc, eq, lte } from 'drizzle-orm'
import { type DecisionReleaseRow, decisionReleases } from '../tables.ts'
import { applyBatch } from './apply-batch.ts'

/** Said when there is a new release. */
export const releaseSignal = 'participants.releases'

const retryMaxMs = 300_000

/** Applies released decisions, a batch in a transaction; a process that dies leaves the rest to another. */
export const releaseWork: BackgroundWork = {
  name: 'decisionReleases',
  signal: releaseSignal,
  step: releaseNext,
  async hasWaiting(ctx) {
    const due = await ctx.db
      .select({ id: decisionReleases.id })
      .from(decisionReleases)
      .where(lte(decisionReleases.nextStepAt, ctx.now()))
      .limit(1)
    return due.length > 0
  },
}

/** Locks the release, then the event: nobody takes them the other way round, since who begins a release has made it. */
export async function releaseNext(ctx: Context): Promise<boolean> {
  let current: DecisionReleaseRow | undefined
  try {
    const outcome = await ctx.transaction('releaseDecisions', async (tx) => {
      current = await nextDue(ctx, tx)
      if (current) await applyBatch(ctx, tx, current)
      return done(current !== undefined)
    })
    return outcome.ok && outcome.value
  } catch (error) {
    if (!current) throw error
    ctx.log.warn({ err: error, releaseId: current.id }, 'batch of decisions not released')
    await putOff(ctx, current)
    return true
  }
}

async function nextDue(ctx: Context, tx: Transaction): Promise<DecisionReleaseRow | undefined> {
  const [due] = await tx
    .select()
    .from(decisionReleases)
    .where(lte(decisionReleases.nextStepAt, ctx.now()))
    .orderBy(asc(decisionReleases.nextStepAt), asc(decisionReleases.id))
    .limit(1)
    .for('update', { skipLocked: true })
  return due
}

/** So that a release that breaks does not keep others waiting. */
const putOff = (ctx: Context, { id, attempts }: DecisionReleaseRow) =>
  ctx.transaction('putOffRelease', async (tx) => {
    const pauseMs = Math.min(1_000 * 2 ** attempts, retryMaxMs)
    await tx
      .update(decisionReleases)
      .set({ attempts: attempts + 1, nextStepAt: new Date(ctx.now().getTime() + pauseMs) })
      .where(eq(decisionReleases.id, id))
    return done(null)
  })
