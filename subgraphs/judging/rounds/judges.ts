import type { Transaction } from '@guildhall/kit/context'
import { standing } from '../standing.ts'

/** Everybody who judges an event, in the order of their ids. */
export const judgesOf = (tx: Pick<Transaction, 'select'>, eventId: string): Promise<string[]> =>
  standing.people(tx, eventId, ['JUDGE'])
