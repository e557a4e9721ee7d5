import { isId } from '@guildhall/kit/ids'

export type { SecurityEventKind } from '../contract.ts'

/** How long the owner of an account can look back. */
export const retentionDays = 400

/** The person who did it, of an actor as logs of record write it: of `usr_a as usr_b` it was `usr_a`. */
export function personBehind(actor: string | null): string | null {
  const first = actor?.split(' ', 1)[0]
  return first && isId('usr', first) ? first : null
}
