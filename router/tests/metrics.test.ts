import { once } from 'node:events'
import { createLog } from '@guildhall/kit/log'
import { createMetrics, type Metrics } from '@guildhall/kit/metrics/metrics'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSocket, upgradeStatus } from './support/raw-socket.ts'
import { closeCode, startWorld, until, type World } from './support/world.ts'

let world: World
let metrics: Metrics
const open = async (transport: 'in-process' | 'http' = 'in-process') => {
  metrics = createMetrics(createLog('silent'))
  world = await startWorld(transport, { metrics, sight: { operations: ['Known'] } })
}
afterEach(() => world.close())

/** The values of one metric: labels as they are written → value. */
async function valuesOf(name: string): Promise<Record<string, number>> {
  const found = [...(await metrics.text()).matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)]
  return Object.fromEntries(
    found.filter(([, own]) => own === name).map(([, , labels = '', value]) => [labels, Number(value)]),
  )
}
const series = async () => (await metrics.text()).split('\n').filter((line) => !line.startsWith('#')).length

describe('metrics of a router', () => {
  beforeEach(() => open())

  it('tell operations by names that somebody has listed, how they end, and what they cost', async () => {
    await world.post('query Known { people { id } }')
    await world.post('query Known { people { id } }')
    await world.post('query Other { people { id } }')
    await world.post('{ people { id } }')
    await world.post('query Bad { nothing }')
    expect(await valuesOf('graphql_server_operation_duration_seconds_count')).toEqual({
      'graphql_operation_type="query",operation="Known",outcome="ok"': 2,
      'graphql_operation_type="query",operation="other",outcome="ok"': 1,
      'graphql_operation_type="query",operation="none",outcome="ok"': 1,
      'graphql_operation_type="query",operation="other",outcome="failed"': 1,
    })
    expect(await valuesOf('graphql_server_errors_total')).toEqual({ 'code="GRAPHQL_VALIDATION_FAILED"': 1 })
    expect(await valuesOf('graphql_server_rejected_total')).toEqual({
      'reason="GRAPHQL_VALIDATION_FAILED"': 1,
    })
    expect(await valuesOf('guildhall_router_subgraph_duration_seconds_count')).toEqual({
      'subgraph="people",outcome="ok"': 4,
    })
    // The same text is planned once, whatever its name; the others are three texts.
    expect(await valuesOf('guildhall_router_query_plan_duration_seconds_count')).toEqual({ '': 3 })
    expect(await valuesOf('guildhall_router_plan_lookups_total')).toEqual({
      'outcome="hit"': 1,
      'outcome="miss"': 3,
    })
    await until(async () => (await valuesOf('http_server_active_requests'))[''] === 0)
    expect(await valuesOf('http_server_request_duration_seconds_count')).toEqual({
      'http_request_method="POST",http_route="/graphql",http_response_status_code="200"': 4,
      'http_request_method="POST",http_route="/graphql",http_response_status_code="400"': 1,
    })
  })

  it('count credentials that are refused, by what is wrong', async () => {
    await world.post('{ me { id } }', { token: 'nonsense' })
    await world.post('{ me { id } }', { token: 'ghk_abcdefgh_nobody-has-this-one-nobody-has-this-one-12' })
    const failures = await valuesOf('guildhall_auth_failures_total')
    expect(Object.values(failures).reduce((sum, count) => sum + count, 0)).toBe(2)
    expect(Object.keys(failures).every((label) => /^reason="[a-z_]+"$/.test(label))).toBe(true)
    expect(await valuesOf('graphql_server_rejected_total')).toEqual({ 'reason="UNAUTHENTICATED"': 2 })
  })

  it('tell what stays open', async () => {
    const client = world.client()
    const stream = client.iterate({ query: 'subscription { noteAdded { id } }' })
    const first = stream.next()
    await until(async () => (await valuesOf('guildhall_router_subscriptions_active'))[''] === 1)
    expect(await valuesOf('guildhall_router_sockets')).toEqual({ '': 1 })
    expect(await valuesOf('guildhall_router_streams_opened_total')).toEqual({ '': 1 })
    await client.dispose()
    await first.catch(() => {})
    await until(async () => (await valuesOf('guildhall_router_sockets'))[''] === 0)
    expect(await valuesOf('guildhall_router_subscriptions_active')).toEqual({ '': 0 })
    expect(Object.keys(await valuesOf('guildhall_router_sockets_closed_total'))).toEqual(['code="1000"'])
  })

  it('tell which sockets were refused, and why others were closed', async () => {
    const elsewhere = openSocket(world, { search: '?access_token=x' })
    expect(await upgradeStatus(elsewhere)).toBe(400)
    const stranger = openSocket(world)
    await once(stranger, 'open')
    stranger.send('{"type":"connection_init","payload":{"authorization":"Bearer nonsense"}}')
    expect(await closeCode(stranger)).toBe(4403)
    await until(async () => (await valuesOf('guildhall_router_sockets'))[''] === 0)
    expect(await valuesOf('guildhall_router_sockets_refused_total')).toEqual({ 'status="400"': 1 })
    expect(await valuesOf('guildhall_router_sockets_closed_total')).toEqual({ 'code="4403"': 1 })
  })

  it('do not grow with what clients make up', async () => {
    await world.post('query Warm { people { id } }')
    await world.post('query Warm { nothing }')
    await until(async () => (await valuesOf('http_server_active_requests'))[''] === 0)
    const before = await series()
    // Through the counting itself, ten thousand; through the whole router, fewer.
    const send = (name: string) => world.post(`query ${name} { people { id } }`)
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => send(`Made_up_${batch}_${i}`)))
    }
    await fetch(`${world.url}/made/up/${Math.random()}`)
    await fetch(`${world.url}/graphql/made-up-${Math.random()}`)
    await until(async () => (await valuesOf('http_server_active_requests'))[''] === 0)
    // Two routes that were not asked for before, each with 17 lines of a histogram, and a code or two of refusals.
    expect((await series()) - before).toBeLessThanOrEqual(2 * 17 + 4)
  })
})

it('ten thousand names of operations are one series', async () => {
  await open()
  const { createRouterMetrics } = await import('../sight/router-metrics.ts')
  const own = createMetrics(createLog('silent'))
  const counted = createRouterMetrics({ metrics: own, isKnown: () => false })
  for (let i = 0; i < 10_000; i++) counted.operation('query', `Name${i}`, 'ok', 0.001)
  const counts = (await own.text()).match(/^graphql_server_operation_duration_seconds_count.*$/gm)
  expect(counts).toEqual([
    'graphql_server_operation_duration_seconds_count{graphql_operation_type="query",operation="other",outcome="ok"} 10000',
  ])
})

it('a subgraph that is away is told apart from one that answers with errors', async () => {
  await open('http')
  await world.served.people?.close()
  await world.post('{ people { id } }')
  expect(await valuesOf('guildhall_router_subgraph_duration_seconds_count')).toEqual({
    'subgraph="people",outcome="unavailable"': 1,
  })
})
