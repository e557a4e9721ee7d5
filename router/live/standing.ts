import type { Caller, UserCaller } from '@guildhall/kit/caller'
import type { Client } from '@guildhall/kit/context'
import { Unauthenticated } from '@guildhall/kit/errors'
import { hasLostRights } from '../access/rights.ts'
import type { CallerChange, CallerResolver } from '../callers/caller-resolver.ts'
import type { ResolvedCaller } from '../execution/request-context.ts'
import type { TimerWheel } from './timer-wheel.ts'

/** Why somebody who was let in has to go. */
export type Dismissal = 'Token expired' | 'Session ended' | 'Rights changed'

/** Who is behind a connection, from its introduction to its end. */
export interface Standing {
  /** @throws what {@link CallerResolver.resolve} throws. */
  introduce(authorization: string | undefined): Promise<ResolvedCaller>
  /** @throws Unauthenticated before the introduction. */
  caller(): ResolvedCaller
  /** Resolves the caller again if the change concerns it. */
  recheck(change: CallerChange): void
  end(): void
}

export interface StandingOptions {
  callers: CallerResolver
  client: Client
  wheel: TimerWheel
  /** Called when the token ends, or when the session ended or rights were lost. */
  dismiss(why: Dismissal): void
}

export function createStanding({ callers, client, wheel, dismiss }: StandingOptions): Standing {
  let authorization: string | undefined
  let resolved: ResolvedCaller | undefined
  let forgetExpiry: (() => void) | undefined

  return {
    async introduce(shown) {
      authorization = shown
      resolved = await callers.resolve(authorization, client)
      const { expiresAtSeconds } = resolved
      if (expiresAtSeconds !== undefined && Number.isFinite(expiresAtSeconds))
        forgetExpiry = wheel.at(expiresAtSeconds * 1_000, () => dismiss('Token expired'))
      return resolved
    },
    caller() {
      if (!resolved) throw new Unauthenticated()
      return resolved
    },
    recheck(change) {
      const before = resolved?.caller
      if (before?.kind !== 'user' || !concerns(change, before)) return
      callers.resolve(authorization, client).then(
        (after) => {
          if (isLess(before, after.caller)) dismiss('Rights changed')
          else resolved = after
        },
        (error: unknown) => {
          // Unavailable proves nothing about the session: the token's own end bounds how long that may last.
          if (error instanceof Unauthenticated) dismiss('Session ended')
        },
      )
    },
    end: () => forgetExpiry?.(),
  }
}

const concerns = ({ userId, sessionId }: CallerChange, caller: UserCaller): boolean =>
  (userId === undefined || userId === caller.userId) &&
  (sessionId === undefined || sessionId === caller.sessionId)

const isLess = (before: UserCaller, after: Caller): boolean =>
  after.kind !== 'user' || hasLostRights(before, after)
