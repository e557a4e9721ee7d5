import type { Ingest } from './sentry-dsn.ts'
import { type FaultLine, toEnvelope } from './sentry-event.ts'

/** Gets the lines of a log that tell of faults. */
export interface FaultSink {
  write(line: string): void
  /** Waits a little for what is under way. */
  close(): Promise<void>
}

/** Where faults are reported, besides the log. */
export interface ReportOptions {
  to: Ingest
  environment: string
  /** For tests. */
  now?: () => number
}

/** The same fault is news once a minute. */
const sameMs = 60_000
/** A storm must be no load: this many at once, then one every few seconds. */
const burst = 20
const refillMs = 5_000
const maxUnderWay = 5
const timeoutMs = 5_000
const maxRemembered = 1_000

/**
 * Reports faults to Sentry, or to whoever speaks its protocol. What is reported is what the log says: each fault is
 * logged once, at the boundary, without inputs and people. What is too much is counted and told with the next one.
 */
export function reportFaults({ to, environment, now = () => performance.now() }: ReportOptions): FaultSink {
  const told = new Map<string, number>()
  const underWay = new Set<Promise<void>>()
  let tokens = burst
  let refilledAt = now()
  let silentUntil = Number.NEGATIVE_INFINITY
  let dropped = 0

  const mayTell = (line: FaultLine): boolean => {
    const at = now()
    tokens = Math.min(burst, tokens + (at - refilledAt) / refillMs)
    refilledAt = at
    const key = [line.msg, line.code, line.subgraph, line.err?.type, line.err?.message].join('\n')
    if (at < silentUntil || at - (told.get(key) ?? Number.NEGATIVE_INFINITY) < sameMs) return false
    if (tokens < 1 || underWay.size >= maxUnderWay) return false
    tokens -= 1
    if (told.size >= maxRemembered) told.clear()
    told.set(key, at)
    return true
  }
  const send = async (body: string) => {
    const response = await fetch(to.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-sentry-envelope',
        'x-sentry-auth': `Sentry sentry_version=7, sentry_key=${to.publicKey}, sentry_client=guildhall/1.0`,
      },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.arrayBuffer()
    if (response.status !== 429) return
    const seconds = Number(response.headers.get('retry-after'))
    silentUntil = now() + (seconds > 0 ? seconds : 60) * 1_000
  }
  return {
    write(text) {
      const line = JSON.parse(text) as FaultLine
      if (!mayTell(line)) {
        dropped++
        return
      }
      const envelope = toEnvelope(line, environment, dropped)
      dropped = 0
      // The fault is in the log already; a log line about the report would be reported in turn.
      const sent = send(envelope).catch(() => {})
      underWay.add(sent)
      void sent.finally(() => underWay.delete(sent))
    },
    close: async () => {
      await Promise.all(underWay)
    },
  }
}
