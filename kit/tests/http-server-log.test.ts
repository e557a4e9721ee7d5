import { afterAll, beforeAll, expect, it } from 'vitest'
import { startToyHost, type ToyHost } from './support/toy-host.ts'
import { declareToy } from './support/toy-subgraph.ts'

let house: ToyHost
let url: string
beforeAll(async () => {
  house = await startToyHost([declareToy()])
  url = `http://127.0.0.1:${(await house.host.serve('toy', 0)).port}/graphql`
})
afterAll(() => house.close())

it('an error is logged with its request and trace, over HTTP as in-process', async () => {
  const [requestId, traceId] = ['request-of-mine', 'a'.repeat(32)]
  const headers = { 'x-request-id': requestId, traceparent: `00-${traceId}-${'b'.repeat(16)}-00` }
  const context = await house.token()
  await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-guildhall-context': context, ...headers },
    body: JSON.stringify({ query: '{ broken }' }),
  })
  await house.host.upstreams.toy?.execute({ query: '{ broken }', context, headers })
  expect(house.lines).toEqual([
    expect.objectContaining({ msg: 'fault', requestId, trace_id: traceId }),
    expect.objectContaining({ msg: 'fault', requestId, trace_id: traceId }),
  ])
})
