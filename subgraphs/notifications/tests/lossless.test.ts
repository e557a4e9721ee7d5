import { setTimeout as pause } from 'node:timers/promises'
import { contextHeader } from '@guildhall/kit/caller'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { createHttpUpstream } from '@guildhall/kit/upstream-http'
import { sql } from 'drizzle-orm'
import type { ExecutionResult } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliver } from '../inbox/deliver.ts'
import { itemOf, type SeenItem, streamDocument } from './stream-reader.ts'
import { countsOf, inboxOf, noticeFor, ownContext, times } from './support.ts'

const cuts = 20
const writers = 5
const perWriter = 100

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** A stream that can be cut off. */
interface Connected {
  stream: AsyncIterator<ExecutionResult>
  cut(): Promise<unknown>
}

type Connect = (person: Person, variables: object) => Promise<Connected>

const inProcess: Connect = async (person, variables) => {
  const stream = person.subscribe(streamDocument, variables)
  return { stream, cut: async () => stream.return?.() }
}

const overSocket =
  (port: number): Connect =>
  async (person, variables) => {
    const upstream = createHttpUpstream({ url: `http://127.0.0.1:${port}/graphql`, name: 'notifications' })
    const context = await world.signer(person.caller)
    const stream = upstream.subscribe({ query: streamDocument, variables: { ...variables }, context })
    return { stream, cut: () => upstream.close() }
  }

const seed = Math.floor(Math.random() * 2 ** 31)

describe(`a subscriber who is cut off again and again (seed ${seed})`, () => {
  it('ends up with exactly what the table holds, in this process', async () => {
    const end = await race(inProcess)
    expect(end.sentIds).toEqual(end.rowIds)
    expectWhole(end)
  }, 60_000)

  it('ends up with exactly what the table holds, over a socket', async () => {
    const { port } = await world.host.serve('notifications', 0)
    const end = await race(overSocket(port))
    expect(end.sentIds).toEqual(end.rowIds)
    expectWhole(end)
  }, 60_000)

  it('is answered over HTTP only with a signed context', async () => {
    const { port } = await world.host.serve('notifications', 0)
    const ask = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ __typename }' }),
      })
    expect((await ask({})).status).toBe(401)
    expect((await ask({ [contextHeader]: await world.signer({ kind: 'anonymous' }) })).status).toBe(200)
  })
})

/** What a race ended with. */
interface Race {
  cutsDone: number
  /** What the subscriber was sent, in that order. */
  sentIds: (string | undefined)[]
  /** What the table holds, in its order. */
  rowIds: string[]
  gaps: number
  counts: Awaited<ReturnType<typeof countsOf>>
}

function expectWhole({ cutsDone, gaps, counts }: Race): void {
  const total = writers * perWriter
  expect(cutsDone).toBeGreaterThanOrEqual(cuts)
  expect(counts).toEqual({ counter: total, unreadRows: total, seq: total, rows: total })
  expect(gaps).toBe(0)
}

/** Reads from cut to cut while others write, and once more to the end when they are done. */
async function race(connect: Connect): Promise<Race> {
  const random = randomFrom(seed)
  const person = world.person()
  const received: SeenItem[] = []
  await readUntilCut(await connect(person, {}), received, { items: 1 })
  let isWritten = false
  const writing = Promise.all(times(writers, (writer) => write(person, randomFrom(seed + writer + 1)))).then(
    () => {
      isWritten = true
    },
  )
  const resume = async (limit: Limit) => {
    const connected = await connect(person, { after: received.at(-1)?.cursor })
    await readUntilCut(connected, received, limit)
  }
  let cutsDone = 0
  while (cutsDone < cuts || !isWritten) {
    await resume(
      random() < 0.5 ? { ms: random() * 150 } : { items: 1 + Math.floor(random() * 40), ms: 2_000 },
    )
    cutsDone += 1
  }
  await writing
  await resume({ isLive: true })
  const rowIds = (await inboxOf(world, person)).map((row) => row.id)
  const sentIds = received.filter((item) => item.kind === 'NEW').map((item) => item.notification?.id)
  const gaps = received.filter((item) => item.kind === 'GAP').length
  return { cutsDone, sentIds, rowIds, gaps, counts: await countsOf(world, person) }
}

/** When a reader is cut off: after so many items, so long, or when the replay is done; whichever comes first. */
interface Limit {
  items?: number
  ms?: number
  isLive?: true
}

async function readUntilCut({ stream, cut }: Connected, received: SeenItem[], limit: Limit): Promise<void> {
  const timer = limit.ms === undefined ? undefined : setTimeout(cut, limit.ms)
  let isOver = false
  for (let taken = 0; !isOver && taken < (limit.items ?? Number.POSITIVE_INFINITY); taken += 1) {
    const result = await stream.next()
    isOver = result.done === true
    if (isOver) break
    const item = itemOf(result.value)
    received.push(item)
    if (limit.isLive && item.kind === 'COUNTS') break
  }
  clearTimeout(timer)
  if (!isOver) await cut()
}

/** Writes one notification after the other; some transactions dawdle between their insert and their commit. */
async function write(person: Person, random: () => number): Promise<void> {
  for (const cause of times(perWriter, () => newId('evt'))) {
    const ctx = ownContext(world)
    const outcome = await ctx.transaction('write', async (tx) => {
      if (random() < 0.1) await tx.execute(sql`select pg_sleep(${random() * 0.01})`)
      const delivered = await deliver(tx, ctx, cause, [noticeFor(person.userId)])
      if (random() < 0.1) await tx.execute(sql`select pg_sleep(${random() * 0.01})`)
      return done(delivered)
    })
    expect(outcome.ok).toBe(true)
    if (random() < 0.2) await pause(random() * 5)
  }
}

/** Mulberry32: small, seeded, good enough to cut at different places. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
