import type { IncomingHttpHeaders } from 'node:http'

/** Whether a client asks for server-sent events. */
export const wantsEvents = (accept: string | undefined): boolean =>
  accept !== undefined && /(^|[\s,])text\/event-stream\s*(;|,|$)/i.test(accept)

/**
 * Whether the browser itself vouches for the page that asks. `EventSource` can send no header of its own, so that the
 * usual proof that a page was allowed to ask (a header that wants a preflight request) cannot be had from it.
 */
export function isOfKnownPage(
  headers: IncomingHttpHeaders,
  allowsOrigin: (origin: string, host: string | undefined) => boolean,
): boolean {
  if (headers.origin !== undefined) return allowsOrigin(headers.origin, headers.host)
  return headers['sec-fetch-site'] === 'same-origin'
}
