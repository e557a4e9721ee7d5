/** So many wrong proofs in a row lock the proofs of an account for a while; as many again, for twice as long. */
export const wrongProofsMax = 6

const firstLockMinutes = 15
const longestLockMinutes = 24 * 60

/** For how long the latest wrong proof locks the account; 0: it does not. */
export const lockMinutesAfter = (wrongProofs: number): number =>
  wrongProofs === 0 || wrongProofs % wrongProofsMax !== 0
    ? 0
    : Math.min(firstLockMinutes * 2 ** (wrongProofs / wrongProofsMax - 1), longestLockMinutes)
