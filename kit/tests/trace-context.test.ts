import { expect, it } from 'vitest'
import { continueTrace, readTraceparent, writeTraceparent } from '../tracing/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const good = `00-${traceId}-${spanId}-01`

it('reads what W3C wants read', () => {
  expect(readTraceparent(good)).toEqual({ traceId, spanId, sampled: true })
  expect(readTraceparent(`00-${traceId}-${spanId}-00`)).toEqual({ traceId, spanId, sampled: false })
  // Only the lowest bit is the flag; versions to come may say more at the end.
  expect(readTraceparent(`00-${traceId}-${spanId}-fe`)?.sampled).toBe(false)
  expect(readTraceparent(`cc-${traceId}-${spanId}-01-what-comes`)).toEqual({ traceId, spanId, sampled: true })
  expect(writeTraceparent({ traceId, spanId, sampled: true })).toBe(good)
  expect(writeTraceparent({ traceId, spanId, sampled: false })).toBe(`00-${traceId}-${spanId}-00`)
})

it.each([
  undefined,
  '',
  5,
  [good, good],
  'garbage',
  good.toUpperCase(),
  ` ${good}`,
  `${good} `,
  `${good}-more`,
  `ff-${traceId}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.slice(1)}-${spanId}-01`,
  `00-${traceId}-${spanId}`,
  `cc-${traceId}-${spanId}-01.what`,
  `cc-${traceId}-${spanId}-01-${'x'.repeat(500)}`,
])('begins anew instead of going on with %j', (header) => {
  expect(readTraceparent(header)).toBeUndefined()
  const fresh = continueTrace(header)
  expect(readTraceparent(writeTraceparent(fresh))).toEqual({ ...fresh, sampled: false })
  expect(fresh.traceId).not.toBe(traceId)
})

it('goes on with the trace in a step of its own', () => {
  const next = continueTrace(good)
  expect(next).toEqual({
    traceId,
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    sampled: true,
    parentSpanId: spanId,
  })
  expect(next.spanId).not.toBe(spanId)
})

it('makes ids that differ', () => {
  const ids = Array.from({ length: 10_000 }, () => continueTrace(undefined))
  expect(new Set(ids.map((id) => id.traceId)).size).toBe(10_000)
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id.traceId) && /^[0-9a-f]{16}$/.test(id.spanId))).toBe(true)
})
