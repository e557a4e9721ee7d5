/**
 * Who of a queue is seated: each with the whole party.
 *
 * @param isSkipAheadAllowed whether those behind a party that does not fit may be; else it ends with that party.
 */
export function fitting<Party extends { partySize: number }>(
  queue: readonly Party[],
  free: number,
  isSkipAheadAllowed: boolean,
): Party[] {
  const seated: Party[] = []
  let left = free
  for (const party of queue) {
    if (party.partySize <= left) {
      seated.push(party)
      left -= party.partySize
    } else if (!isSkipAheadAllowed) break
  }
  return seated
}
