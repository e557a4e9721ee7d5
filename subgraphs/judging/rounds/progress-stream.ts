import { BadUserInput } from '@guildhall/kit/errors'
import { pushIterator } from '@guildhall/kit/push-iterator'
import { eq } from 'drizzle-orm'
import type { Ctx } from '../loaders.ts'
import { manages, standing } from '../standing.ts'
import { type JudgingProgressRow as Progress, rounds } from '../tables.ts'
import { progressOf } from './progress.ts'
import { progressSignal } from './progress-signal.ts'

/** Signals may get lost; then it takes this long until a change is seen. */
const pollMs = 5_000

/**
 * How far a round is, then again whenever that changes, until its results are published or the reader manages it no more.
 * Signals only say "look again": while one state waits to be read, changes gather.
 *
 * @throws BadUserInput when there is no such round that the caller manages.
 */
export async function watchProgress(ctx: Ctx, roundId: string): Promise<AsyncIterableIterator<Progress>> {
  const seen = await ctx.loaders.round.load(roundId)
  if (!seen || !(await manages(ctx, seen))) throw new BadUserInput('There is no such round.')
  let told = ''
  let waiting = 0
  let looking = false
  let lookAgain = false
  let wake = () => {}

  return pushIterator<Progress>(({ push, end, onTaken }) => {
    let ended = false
    const look = async () => {
      const [round] = await ctx.db.select().from(rounds).where(eq(rounds.id, roundId))
      standing.forget(ctx)
      if (ended || !round || !(await manages(ctx, round))) return end()
      const progress = await progressOf(ctx.db, round)
      const state = JSON.stringify(progress)
      if (!ended && state !== told) {
        told = state
        waiting += 1
        push(progress)
      }
      if (round.status === 'PUBLISHED') end()
    }
    wake = () => {
      lookAgain = true
      if (looking || ended || waiting > 0) return
      looking = true
      lookAgain = false
      look()
        // The database may be back at the next poll.
        .catch((error: unknown) => ctx.log.warn({ err: error }, 'progress not read'))
        .finally(() => {
          looking = false
          if (lookAgain) wake()
        })
    }
    onTaken(() => {
      waiting -= 1
      if (waiting === 0 && lookAgain) wake()
    })
    const stopListening = ctx.signals.listen(progressSignal, (key) => {
      if (key === null || key === roundId) wake()
    })
    const poll = setInterval(wake, pollMs)
    wake()
    return () => {
      ended = true
      stopListening()
      clearInterval(poll)
    }
  })
}
