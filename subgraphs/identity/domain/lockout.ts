import { isIPv4, isIPv6 } from 'node:net'

/** How failures of one kind turn into a time of waiting. */
export interface LockoutPolicy {
  /** The failure that locks. */
  failuresMax: number
  /** How long the first lock lasts; each further failure doubles it. */
  firstSeconds: number
  longestSeconds: number
}

/** Failures count together until nothing failed for so long. */
export const forgottenAfterSeconds = 60 * 60

/** One account from one network: where somebody guesses, and also where its owner mistypes. */
export const pairPolicy: LockoutPolicy = { failuresMax: 5, firstSeconds: 30, longestSeconds: 15 * 60 }

/** One account from anywhere. Short locks alone: strangers could make longer ones follow each other for ever. */
export const accountPolicy: LockoutPolicy = { failuresMax: 50, firstSeconds: 60, longestSeconds: 60 }

/** One network against any accounts. It begins mildly, because a whole venue may share an address. */
export const networkPolicy: LockoutPolicy = { failuresMax: 100, firstSeconds: 2, longestSeconds: 5 * 60 }

/** How many calls of one kind strangers may make from one network within an hour, which begins with the first. */
export interface CallQuota {
  /** What is counted; each kind apart. */
  kind: string
  callsMax: number
}

/**
 * Each registration costs a hash, a mail and an account. Five hundred people at a hackathon share one address: they all
 * register in its first hour, and every one of them may try twice.
 */
export const registrations: CallQuota = { kind: 'registration', callsMax: 1000 }

/**
 * Each start keeps a row for minutes. The same five hundred may start four logins each: the page asks for the options of
 * a passkey whenever it opens, whether one is used or not.
 */
export const passkeyLoginStarts: CallQuota = { kind: 'passkey login', callsMax: 2000 }
export const externalLoginStarts: CallQuota = { kind: 'external login', callsMax: 2000 }

/**
 * The network that an address is taken for: whoever has one address of it can easily have the others. An IPv4 address
 * stands for its /24, an IPv6 address for its /64. Null: the address is not known.
 */
export function networkOf(address: string | null): string | null {
  if (address === null) return null
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : null
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  // The parser of URLs knows every way of writing one, and writes it in one way.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const before = head.split(':').filter(Boolean)
  if (tail === undefined) return before
  const after = tail.split(':').filter(Boolean)
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
}
