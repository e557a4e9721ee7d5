// What the scanner graphql-cop sends, and what it would count as a finding.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { asksForTrace, jsonHeaders, type Probe, type ProbeAnswer, post, send } from './support/probe.ts'
import { openRawSocket, type RawSocket } from './support/raw-socket.ts'

let house: RunningHouse
let socket: RawSocket
beforeAll(async () => {
  house = await openTestHouse({ production: true })
  socket = await openRawSocket(house.url, null, asksForTrace)
})
afterAll(async () => {
  socket?.close()
  await house?.close()
})

interface Body {
  data?: Record<string, unknown> | null
  errors?: { message: string; extensions: Record<string, unknown> }[]
}

const aliases = Array.from({ length: 101 }, (_, index) => `alias${index}:__typename`).join(' \n')
const directives = `query cop { __typename ${'@aa'.repeat(10)} }`
const circular =
  'query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }'

/** What is sent as an operation → whether the answer is a finding. */
const operations: Record<string, [query: string, isFinding: (body: Body) => boolean]> = {
  'alias overloading': [`query cop { ${aliases} }`, ({ data }) => data?.alias100 !== undefined],
  'field duplication': [`query cop { ${'__typename \n'.repeat(500)} }`, ({ data }) => Boolean(data)],
  'directive overloading': [directives, ({ errors = [] }) => errors.length === 10],
  'circular introspection': [circular, ({ data }) => Boolean(data)],
  introspection: ['query cop { __schema { types { name fields { name } } } }', ({ data }) => Boolean(data)],
  'field suggestions': [
    'query cop { __schema { directive } }',
    (body) => /did you mean/i.test(JSON.stringify(body)),
  ],
  'trace mode': [
    // A subgraph has to be asked: only there it would be measured.
    'query cop { events { totalCount } }',
    (body) => !body.data || 'extensions' in body || /tracing|ftv1/.test(JSON.stringify(body)),
  ],
  'unhandled errors': [
    'qwerty cop { abc }',
    ({ errors = [] }) => errors.some(({ extensions }) => 'exception' in extensions),
  ],
}

const query = 'query cop { __typename }'
const inUrl = (text: string): Probe => ({ method: 'GET', path: `/graphql?query=${encodeURIComponent(text)}` })
const isAnswered = ({ text }: ProbeAnswer) => text.includes('"__typename"')
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** What is sent as a request → whether the answer is a finding. */
const requests: Record<string, [Probe, isFinding: (answer: ProbeAnswer) => boolean]> = {
  'array-based batching': [post(Array.from({ length: 10 }, () => ({ query }))), isAnswered],
  'queries by GET': [inUrl(query), isAnswered],
  'mutations by GET': [inUrl('mutation cop { __typename }'), isAnswered],
  'queries as a form': [{ headers: form, body: `query=${encodeURIComponent(query)}` }, isAnswered],
  'a page to try queries in': [
    { method: 'GET', headers: { accept: 'text/html' } },
    ({ text }) => /graphiql|playground|sandbox|<html/i.test(text),
  ],
  'such a page elsewhere': [
    { method: 'GET', path: '/graphiql', headers: { accept: 'text/html' } },
    ({ text }) => /graphiql|playground|sandbox|<html/i.test(text),
  ],
}

describe('a scanner finds nothing in production', () => {
  it.each(Object.entries(operations))('%s', async (_what, [sent, isFinding]) => {
    const { text } = await send(house.url, post({ query: sent }, asksForTrace))
    const { payload } = await socket.ask({ query: sent })
    const overSocket = Array.isArray(payload) ? { errors: payload } : payload
    for (const body of [JSON.parse(text), overSocket] as Body[]) {
      expect([isFinding(body), (body.errors ?? []).length <= 5]).toEqual([false, true])
    }
  })

  it('directives without end are refused with a status that says so', async () => {
    const { status, text } = await send(house.url, post({ query: directives }))
    const { errors = [] } = JSON.parse(text) as Body
    expect([status, errors.map(({ extensions }) => extensions.code)]).toEqual([
      400,
      Array(5).fill('GRAPHQL_VALIDATION_FAILED'),
    ])
  })

  it.each(Object.entries(requests))('%s', async (_what, [probe, isFinding]) => {
    expect(isFinding(await send(house.url, probe))).toBe(false)
  })

  it('though what is asked as it should be is answered', async () => {
    const answer = await send(house.url, { headers: jsonHeaders, body: JSON.stringify({ query }) })
    expect([answer.status, isAnswered(answer)]).toEqual([200, true])
  })
})
