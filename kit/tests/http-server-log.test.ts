import { expect, it } from 'vitest'
import { servedToy } from './support/served-toy.ts'

const served = servedToy()

it('an error is logged with its request and trace, over HTTP as in-process', async () => {
  const [requestId, traceId] = ['request-of-mine', 'a'.repeat(32)]
  const headers = { 'x-request-id': requestId, traceparent: `00-${traceId}-${'b'.repeat(16)}-00` }
  const context = await served.house.token()
  await fetch(served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-guildhall-context': context, ...headers },
    body: JSON.stringify({ query: '{ broken }' }),
  })
  await served.house.host.upstreams.toy?.execute({ query: '{ broken }', context, headers })
  expect(served.house.lines).toEqual([
    expect.objectContaining({ msg: 'fault', requestId, trace_id: traceId }),
    expect.objectContaining({ msg: 'fault', requestId, trace_id: traceId }),
  ])
})
