import { randomFillSync } from 'node:crypto'

/** Where in a trace something happens, as W3C Trace Context tells it to others. */
export interface TraceContext {
  /** 32 hexadecimal digits, the same from the client to the last statement. */
  readonly traceId: string
  /** 16 hexadecimal digits: the step that asks. */
  readonly spanId: string
  /** Whether this trace is recorded. */
  readonly sampled: boolean
  /** The step before, if there was one. */
  readonly parentSpanId?: string
}

/** Headers by which a trace goes on in another process. */
export const traceHeader = 'traceparent'

/** Version 00 is exactly this long; later ones may go on after another dash. */
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const nothing = /^0+$/

/** Reads a `traceparent`. Undefined when it is absent or malformed, which W3C wants treated alike. */
export function readTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string' || header.length > 512) return undefined
  const [, version, traceId, spanId, flags, rest] = pattern.exec(header) ?? []
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined)
    return undefined
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (nothing.test(traceId) || nothing.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export const writeTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/** The next step of a trace that came from elsewhere, or the first of a new one. */
export function continueTrace(header: unknown): TraceContext {
  const before = readTraceparent(header)
  return {
    traceId: before?.traceId ?? digits(32),
    spanId: digits(16),
    sampled: before?.sampled ?? false,
    ...(before ? { parentSpanId: before.spanId } : {}),
  }
}

const pool = Buffer.alloc(8_192)
let used = pool.length

/** Random bytes are fetched many at a time: each fetch costs as much as hundreds of ids. Never all zeros. */
function digits(count: 16 | 32): string {
  const bytes = count / 2
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const text = pool.toString('hex', used, used + bytes)
  used += bytes
  return nothing.test(text) ? digits(count) : text
}
