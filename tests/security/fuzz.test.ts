import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { createFuzz } from './support/fuzz.ts'
import { inside, jsonHeaders, send, sendBytes } from './support/probe.ts'
import { type Message, openRawSocket } from './support/raw-socket.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

const { oneOf, randomBytes, mutated, mutatedOperation, randomProbe } = createFuzz(seed)

let house: RunningHouse
beforeAll(async () => {
  house = await openTestHouse({ production: true })
})
afterAll(() => house?.close())

/** What a request may be answered with, however bad it is: never with a fault of ours. */
const statuses = [200, 204, 400, 401, 404, 405, 406, 413, 415, 429]

const knownTypes = ['next', 'error', 'complete', 'pong', 'ping', 'connection_ack']
const closeCodes = [
  ...readFileSync(path.join(import.meta.dirname, '../../docs/protocol.md'), 'utf8').matchAll(
    /^\| ((?:`\d{4}`(?:, )?)+) \|/gm,
  ),
].flatMap(([, codes]) => [...(codes ?? '').matchAll(/\d{4}/g)].map(Number))

/** The reasons why a text must not be an answer. */
const leaks = (text: string): string[] => [
  ...(inside.test(text) ? ['tells of the inside'] : []),
  ...(text.includes('INTERNAL_SERVER_ERROR') ? ['is a fault of ours'] : []),
]

const isWell = async () => {
  const { status } = await send(house.url, { headers: jsonHeaders, body: '{"query":"{ __typename }"}' })
  return status === 200
}

describe(`whatever is sent, SEED=${seed},`, () => {
  it('over HTTP is answered with JSON that tells nothing of the inside', async () => {
    const wrong: object[] = []
    const seen = new Set<number>()
    for (let count = 0; count < 400; count += 1) {
      const probe = randomProbe()
      const { status, headers, text } = await send(house.url, probe)
      seen.add(status)
      const reasons = leaks(text)
      if (!statuses.includes(status)) reasons.push('has another status')
      if (status !== 204 && !isAnswer(text)) reasons.push('is no answer')
      if (status !== 204 && !/^application\/(graphql-response\+)?json/.test(String(headers['content-type'])))
        reasons.push('is of another type')
      if (reasons.length > 0) wrong.push({ seed, probe, status, text, reasons })
    }
    expect(wrong).toEqual([])
    // Both kinds were made: what is executed, and what is refused for one reason or another.
    expect([200, 400, 404, 405, 415].filter((status) => !seen.has(status))).toEqual([])
    expect(await isWell()).toBe(true)
  })

  it('on the bare connection is answered or cut, and the house goes on', async () => {
    const body = '{"query":"{__typename}"}'
    const request = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 24\r\n\r\n${body}`
    const wrong: object[] = []
    for (let count = 0; count < 60; count += 1) {
      const bytes = oneOf([randomBytes(), mutated(request)])
      const answer = await sendBytes(house.url, bytes)
      const isHttp = answer === '' || /^HTTP\/1\.1 [24]/.test(answer)
      if (!isHttp || leaks(answer).length > 0) wrong.push({ seed, bytes, answer })
    }
    expect(wrong).toEqual([])
    expect(await isWell()).toBe(true)
  })

  it('over WebSocket is answered by the protocol, or the socket is closed with a code that is documented', async () => {
    const wrong: object[] = []
    const outcomes = new Set<'answered' | number>()
    for (let count = 0; count < 120; count += 1) {
      const socket = await openRawSocket(house.url)
      const payload = mutatedOperation()
      const subscribe = `{"id":"f","type":"subscribe","payload":${payload}}`
      const message = oneOf([subscribe, mutated(subscribe), randomBytes()])
      socket.send(message)
      // Whatever it was, a good question comes after it: its answer, or the end of the socket, tells that it was seen.
      const answered = socket.ask({ query: '{ __typename }' }).then(() => 'answered' as const)
      const outcome = await Promise.race([answered, socket.closed])
      outcomes.add(outcome)
      const reasons = socket.received.flatMap((text) => [
        ...leaks(text),
        ...(knownTypes.includes((JSON.parse(text) as Message).type) ? [] : ['is of no known type']),
      ])
      if (outcome !== 'answered' && !closeCodes.includes(outcome))
        reasons.push('closed without a documented code')
      if (reasons.length > 0) wrong.push({ seed, message, outcome, received: socket.received, reasons })
      socket.close()
    }
    expect(wrong).toEqual([])
    expect([...outcomes]).toEqual(expect.arrayContaining(['answered', 4400]))
    expect(await isWell()).toBe(true)
  })
})

/** Whether a text is what GraphQL over HTTP answers. */
function isAnswer(text: string): boolean {
  try {
    const { data, errors = [] } = JSON.parse(text) as { data?: unknown; errors?: unknown[] }
    return data !== undefined || errors.length > 0
  } catch {
    return false
  }
}
