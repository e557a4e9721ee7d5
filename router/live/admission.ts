import type { Caller } from '@guildhall/kit/caller'
import type { LiveLimits } from './limits.ts'

/** Counts who is connected, and says who may. */
export interface Admission {
  /** Somebody who has not said yet who they are. Undefined: there are too many. */
  enter(address: string | null): Visitor | undefined
  /** Who is connected now. */
  counts(): { anonymous: number; users: number; addresses: number }
}

/** One connection, from its beginning to its end. */
export interface Visitor {
  /** Says who it is. False: this user has too many connections. */
  identify(caller: Caller): boolean
  leave(): void
}

type Limits = Pick<
  LiveLimits,
  'connectionsPerUser' | 'connectionsPerAddress' | 'anonymousPerAddress' | 'anonymous'
>

/**
 * Whoever has shown no token counts as anonymous, also after an introduction without one: it costs a stranger nothing to
 * send that.
 */
export function createAdmission(limits: Limits): Admission {
  const perAddress = createTally()
  const anonymousPerAddress = createTally()
  const perUser = createTally()
  let anonymous = 0

  return {
    enter(from) {
      const address = from ?? ''
      if (
        anonymous >= limits.anonymous ||
        perAddress.of(address) >= limits.connectionsPerAddress ||
        anonymousPerAddress.of(address) >= limits.anonymousPerAddress
      )
        return undefined
      perAddress.add(address)
      anonymousPerAddress.add(address)
      anonymous += 1
      let userId: string | undefined
      let present = true
      const endAnonymity = () => {
        anonymousPerAddress.remove(address)
        anonymous -= 1
      }
      return {
        identify(caller) {
          if (!present || caller.kind !== 'user' || userId !== undefined) return present
          if (perUser.of(caller.userId) >= limits.connectionsPerUser) return false
          userId = caller.userId
          perUser.add(userId)
          endAnonymity()
          return true
        },
        leave() {
          if (!present) return
          present = false
          perAddress.remove(address)
          if (userId === undefined) endAnonymity()
          else perUser.remove(userId)
        },
      }
    },
    counts: () => ({ anonymous, users: perUser.size(), addresses: perAddress.size() }),
  }
}

/** How many there are of each; those of whom there are none take no room. */
function createTally() {
  const counts = new Map<string, number>()
  const of = (key: string): number => counts.get(key) ?? 0
  return {
    of,
    add: (key: string) => void counts.set(key, of(key) + 1),
    remove(key: string) {
      const left = of(key) - 1
      if (left > 0) counts.set(key, left)
      else counts.delete(key)
    },
    size: () => counts.size,
  }
}
