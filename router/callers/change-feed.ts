import type { Log } from '@guildhall/kit/log'
import type { CallerChange } from './caller-resolver.ts'
import type { IdentityClient, PrincipalChange } from './identity-client.ts'

/** Who is told of what is heard. */
export interface ChangeListener {
  rightsChanged(change: CallerChange): void
  /** A signing key was revoked, or there is a new one. */
  keysChanged(): void
}

/** The stream of changed rights, kept open. */
export interface ChangeFeed {
  close(): void
}

/** After an interruption, identity is asked again this soon at first and this late at most. */
const firstRetryMs = 250
const lastRetryMs = 5_000
/** A stream counts as up when it has lasted this long: opening it is not answered, only refused. */
const settleMs = 1_000
/** While blind, everybody who is connected is checked this often: revocation has to reach sockets within two seconds. */
const blindCheckMs = 1_000

/**
 * Follows identity's `principalChanged`. While it cannot, it tells every second that anybody may have changed, and once
 * more when it can again.
 */
export function startChangeFeed(identity: IdentityClient, listener: ChangeListener, log: Log): ChangeFeed {
  let closed = false
  let up = false
  let events: Awaited<ReturnType<IdentityClient['changes']>> | undefined
  let retry: NodeJS.Timeout | undefined
  let retryMs = firstRetryMs

  const blind = setInterval(() => {
    if (!up) listener.rightsChanged({})
  }, blindCheckMs)
  blind.unref()

  const hear = ({ userId, sessionId, areKeysChanged }: PrincipalChange) => {
    if (areKeysChanged) listener.keysChanged()
    // Nobody is named when anybody may be meant.
    else listener.rightsChanged({ userId: userId || undefined, sessionId: sessionId ?? undefined })
  }
  const follow = async () => {
    const settled = setTimeout(() => {
      up = true
      retryMs = firstRetryMs
      log.info('changes of rights are followed')
      listener.rightsChanged({})
    }, settleMs)
    settled.unref()
    try {
      events = await identity.changes()
      for await (const change of events) hear(change)
    } catch (error) {
      if (!closed) log.warn({ err: error }, 'changes of rights are not heard of')
    }
    clearTimeout(settled)
    up = false
    if (closed) return
    retry = setTimeout(follow, retryMs)
    retryMs = Math.min(retryMs * 2, lastRetryMs)
  }
  void follow()

  return {
    close() {
      closed = true
      clearTimeout(retry)
      clearInterval(blind)
      void events?.return?.()
    },
  }
}
