import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { excessive, excessiveStreams, logins } from './support/excess.ts'
import { keepLog, type Refusal } from './support/kept-log.ts'
import { inside, post, send } from './support/probe.ts'
import { openRawSocket, type RawSocket } from './support/raw-socket.ts'

interface Refused {
  data?: unknown
  errors: Refusal[]
}

const { log, expectTold } = keepLog()
let house: RunningHouse
let socket: RawSocket
let sql: ReturnType<typeof postgres>

beforeAll(async () => {
  house = await openTestHouse({ production: true, log })
  socket = await openRawSocket(house.url)
  sql = postgres(house.databaseUrl, { max: 1, onnotice: () => {} })
})
afterAll(async () => {
  await sql?.end()
  socket?.close()
  await house?.close()
})

/** What a client can learn from a refusal: its codes, ids that an operator finds, and nothing of the inside. */
function codesOf(text: string): string[] {
  expect(text).not.toMatch(inside)
  expect(text).not.toMatch(/did you mean/i)
  const { data, errors } = JSON.parse(text) as Refused
  expect(data).toBeUndefined()
  expect(errors.length).toBeLessThanOrEqual(5)
  for (const { extensions } of errors) {
    expect(extensions).toEqual({ code: expect.any(String), errorId: expect.any(String), retryable: false })
  }
  expectTold(errors)
  return errors.map(({ extensions }) => extensions.code)
}

/** Wrong passwords that identity has counted. */
const failedLogins = async (): Promise<number> => {
  const [row] = await sql<{ sum: number }[]>`
    select coalesce(sum(failures), 0)::int as sum from identity.throttle`
  return row?.sum ?? 0
}

describe.each(Object.entries(excessive))('%s', (_what, [payload, codes]) => {
  it('is refused over HTTP', async () => {
    const { status, text } = await send(house.url, post(payload))
    expect([status, codesOf(text)]).toEqual([400, codes])
  })
})

describe.each(Object.entries({ ...excessive, ...excessiveStreams }))('%s', (_what, [payload, codes]) => {
  it('is refused over WebSocket, and the socket goes on', async () => {
    const { payload: sent } = await socket.ask(payload)
    expect(codesOf(JSON.stringify(Array.isArray(sent) ? { errors: sent } : sent))).toEqual(codes)
    expect(await socket.ask({ query: '{ __typename }' })).toMatchObject({ type: 'next' })
  })

  it('is refused as server-sent events', async () => {
    const { text } = await send(house.url, post(payload, { accept: 'text/event-stream' }))
    const data = /^data: ?(\{.*)$/m.exec(text)?.[1] ?? text
    expect(codesOf(data)).toEqual(codes)
  })
})

describe('a mutation with too many logins', () => {
  it('has tried none of them; one with as many as allowed has tried them all', async () => {
    expect(await failedLogins()).toBe(0)
    const { status, text } = await send(house.url, post({ query: logins(5) }))
    const { data } = JSON.parse(text) as { data: Record<string, { userErrors: { code: string }[] }> }
    const told = Object.values(data).flatMap(({ userErrors }) => userErrors.map(({ code }) => code))
    expect([status, told]).toEqual([200, Array<string>(5).fill('INVALID_CREDENTIALS')])
    expect(await failedLogins()).toBeGreaterThanOrEqual(5)
  })
})
