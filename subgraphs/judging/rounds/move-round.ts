import type { Context, Transaction } from '@guildhall/kit/context'
import { eq } from 'drizzle-orm'
import type { RoundStatus } from '../domain/round-life.ts'
import { type JudgingRoundRow, rounds, roundTransitions } from '../tables.ts'
import { tellProgress } from './progress-signal.ts'

interface Move {
  to: RoundStatus
  reason?: string | null
  changes?: Partial<JudgingRoundRow>
}

/** Moves a locked round along: row and history. */
export async function moveRound(
  ctx: Context,
  tx: Transaction,
  round: JudgingRoundRow,
  { to, reason = null, changes = {} }: Move,
): Promise<JudgingRoundRow> {
  const now = ctx.now()
  const [moved] = await tx
    .update(rounds)
    .set({ ...changes, status: to, version: round.version + 1, updatedAt: now })
    .where(eq(rounds.id, round.id))
    .returning()
  if (!moved) throw new Error(`round ${round.id} is gone`)
  await tx.insert(roundTransitions).values({
    id: ctx.newId('rndtr'),
    roundId: round.id,
    from: round.status,
    to,
    reason,
    actorId: ctx.requireViewer().userId,
    at: now,
  })
  tellProgress(ctx, tx, [round.id])
  return moved
}
