import type { Context, Transaction } from '@guildhall/kit/context'

/** Says of which rounds something has changed that progress tells. */
export const progressSignal = 'judging-progress'

/** Wakes whoever watches the progress of these rounds, once what was done is kept. */
export const tellProgress = (ctx: Context, tx: Transaction, roundIds: readonly string[]): void =>
  tx.afterCommit(() => ctx.signals.send(progressSignal, roundIds))
