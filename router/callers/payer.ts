import type { Caller } from '@guildhall/kit/caller'
import type { Client } from '@guildhall/kit/context'
import type { Payer } from '../operations/rates.ts'
import { networkOf } from './addresses.ts'

/** Whoever acts in another's name pays; the address is the one that trusted proxies tell, whatever clients claim. */
export const payerOf = (caller: Caller, client: Client): Payer =>
  caller.kind === 'user'
    ? { kind: 'user', id: caller.impersonatorId ?? caller.userId }
    : { kind: 'address', id: networkOf(client.address) }
