import { GatewayTimeout, ServiceUnavailable } from '@guildhall/kit/errors'

/** How long the work for one request or one event may take, and who may end it early. */
export interface RequestScope {
  /** Aborts at the deadline, or when the client is gone and {@link RequestScope.protect} was not called. */
  readonly signal: AbortSignal
  /** A mutation runs to its end even if nobody waits for the answer. */
  protect(): void
  /** The client is gone. */
  abandon(): void
  /** The work is done. */
  end(): void
}

/** Opens the scope of one request. `abandon` or `end` must follow, or both in this order. */
export function openScope(deadlineMs: number): RequestScope {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new GatewayTimeout()), deadlineMs)
  timer.unref()
  let isProtected = false
  return {
    signal: controller.signal,
    protect() {
      isProtected = true
    },
    abandon() {
      if (isProtected) return
      clearTimeout(timer)
      controller.abort(new ServiceUnavailable('The client is gone.'))
    },
    end: () => clearTimeout(timer),
  }
}
