import { BadUserInput } from '@guildhall/kit/errors'
import { lookAgain } from '@guildhall/kit/look-again'
import { eq } from 'drizzle-orm'
import type { Ctx } from '../loaders.ts'
import { manages, standing } from '../standing.ts'
import { type JudgingProgressRow as Progress, rounds } from '../tables.ts'
import { progressOf } from './progress.ts'
import { progressSignal } from './progress-signal.ts'

/**
 * How far a round is, then again whenever that changes, until its results are published or the reader manages it no more.
 * While one state waits to be read, changes gather.
 *
 * @throws BadUserInput when there is no such round that the caller manages.
 */
export async function watchProgress(ctx: Ctx, roundId: string): Promise<AsyncIterableIterator<Progress>> {
  const seen = await ctx.loaders.round.load(roundId)
  if (!seen || !(await manages(ctx, seen))) throw new BadUserInput('There is no such round.')
  let told = ''
  return lookAgain<Progress>(ctx, { channel: progressSignal, key: roundId }, async ({ push, end }) => {
    const [round] = await ctx.db.select().from(rounds).where(eq(rounds.id, roundId))
    standing.forget(ctx)
    if (!round || !(await manages(ctx, round))) return end()
    const progress = await progressOf(ctx.db, round)
    const state = JSON.stringify(progress)
    if (state !== told) push(progress)
    told = state
    if (round.status === 'PUBLISHED') end()
  })
}
