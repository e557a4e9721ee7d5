import { cloneDatabase, dropDatabase } from '@guildhall/kit/postgres/test-cluster'
import { afterAll, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest'
import { openSplitHouse, type SplitHouse } from '../../scripts/house/open-split-house.ts'
import type { Client } from '../support/client.ts'
import { organizerWithEvent } from '../support/people.ts'
import { type FaultProxy, startFaultProxy } from './support/fault-proxy.ts'

let databaseUrl: string
let house: SplitHouse
let cable: FaultProxy
let organizer: Client
let eventId: string
// As many processes as there are domains take a while on a busy machine.
beforeAll(async () => {
  databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
  cable = await startFaultProxy(() => house.ports.get('projects') ?? 0)
  house = await openSplitHouse({
    databaseUrl,
    port: 0,
    environment: {
      LOG_LEVEL: 'silent',
      SUBGRAPH_URL_PROJECTS: `http://127.0.0.1:${cable.port}/graphql`,
      SUBGRAPH_DEADLINE_MS: '1500',
      SUBGRAPH_CONCURRENCY: '4',
      SUBGRAPH_QUEUE: '4',
    },
  })
  ;({ organizer, eventId } = await organizerWithEvent(house.url))
}, 180_000)
afterAll(async () => {
  await house?.close()
  await cable?.close()
  if (databaseUrl) await dropDatabase(databaseUrl)
})

/** Asks two domains; the answer is the title, the number of projects if it is known, and the codes of the errors. */
async function ask() {
  const { data, errors } = await organizer.request<{
    event: { title: string; projects: { totalCount: number } | null }
  }>('query ($id: ID!) { event(id: $id) { title projects { totalCount } } }', { id: eventId })
  return {
    title: data.event.title,
    projects: data.event.projects?.totalCount ?? null,
    codes: errors.map(({ extensions }) => extensions.code),
  }
}
const whole = { title: 'City Hack', projects: 0, codes: [] }
const without = (code: string) => ({ title: 'City Hack', projects: null, codes: [code] })

/** Every test begins with a domain that is well, and a breaker that knows it. */
beforeEach(async () => {
  Object.assign(cable.faults, { latencyMs: 0, refuses: false, swallows: false })
  await vi.waitUntil(async () => (await ask()).projects === 0, { timeout: 15_000 })
})

it('answers with everything else when a domain hangs, stops asking it, and asks again once it is back', async () => {
  const projects = house.processes.get('projects')
  projects?.kill('SIGSTOP')
  const first = await Promise.all(Array.from({ length: 5 }, ask))
  expect(first).toEqual(Array(5).fill(without('GATEWAY_TIMEOUT')))
  // Refused at once: a hanging domain that is asked would answer GATEWAY_TIMEOUT again.
  expect(await ask()).toEqual(without('SERVICE_UNAVAILABLE'))

  projects?.kill('SIGCONT')
  await expect.poll(ask, { timeout: 15_000 }).toEqual(whole)
})

it('lets a slow domain cost no more than its share: some wait, the rest is told at once, others notice nothing', async () => {
  cable.faults.latencyMs = 200
  const slow = Array.from({ length: 30 }, () =>
    organizer.request('{ project(id: "prj_01h455vb4pex5vsknk084sn02q") { id } }'),
  )
  const other = await organizer.request('query ($id: ID!) { event(id: $id) { title } }', { id: eventId })
  expect(other).toEqual({ status: 200, data: { event: { title: 'City Hack' } }, errors: [] })
  const answers = await Promise.all(slow)
  const codes = answers.map(({ errors }) => errors[0]?.extensions.code ?? 'OK')
  // Four at once and four that wait; how many more get a turn depends on how they arrive.
  expect(new Set(codes)).toEqual(new Set(['OK', 'SERVICE_UNAVAILABLE']))
  expect(codes.filter((code) => code === 'OK').length).toBeGreaterThanOrEqual(8)
})

it('notices connections that look open and swallow everything', async () => {
  cable.faults.swallows = true
  expect(await ask()).toEqual(without('GATEWAY_TIMEOUT'))
})

it('asks once more when idle connections were reset', async () => {
  await Promise.all(Array.from({ length: 4 }, ask))
  cable.cutAll()
  expect(await Promise.all(Array.from({ length: 4 }, ask))).toEqual(Array(4).fill(whole))
})

it('says nothing of addresses when connections are refused', async () => {
  cable.faults.refuses = true
  cable.cutAll()
  const { errors } = await organizer.request('{ project(id: "prj_01h455vb4pex5vsknk084sn02q") { id } }')
  expect(errors).toEqual([
    {
      message: 'A part of the service is not available, try again.',
      path: ['project'],
      extensions: { code: 'SERVICE_UNAVAILABLE', errorId: expect.any(String), retryable: true },
    },
  ])
})
