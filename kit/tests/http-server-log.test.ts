import { expect, it } from 'vitest'
import type { SubgraphUpstream } from '../upstream.ts'
import { createHttpUpstream } from '../upstream-http.ts'
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

it('so is an error of a stream, whether its subgraph refuses it or an event has it', async () => {
  const [requestId, traceId] = ['request-of-mine', 'a'.repeat(32)]
  const headers = { 'x-request-id': requestId, traceparent: `00-${traceId}-${'b'.repeat(16)}-00` }
  const context = await served.house.token()
  const remote = createHttpUpstream({ url: served.url, name: 'toy', deadlineMs: 5_000 })
  const told = async (upstream: SubgraphUpstream | undefined, query: string, shown: string) => {
    const stream = upstream?.subscribe({ query, context: shown, headers })
    expect((await stream?.next())?.value).toMatchObject({ errors: [expect.anything()] })
    await stream?.return?.()
    const [line] = served.house.lines.splice(0)
    return [line?.code, line?.requestId, line?.trace_id]
  }
  const event = ['INTERNAL_SERVER_ERROR', requestId, traceId]
  expect(await told(served.house.host.upstreams.toy, 'subscription { breaks }', context)).toEqual(event)
  expect(await told(remote, 'subscription { ticks }', 'garbage')).toEqual([
    'UNAUTHENTICATED',
    requestId,
    traceId,
  ])
  expect(await told(remote, 'subscription { breaks }', context)).toEqual(event)
  await remote.close()
})
