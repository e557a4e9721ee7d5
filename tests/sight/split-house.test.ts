import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createTestClient } from '../support/client.ts'
import { openTestSplitHouse } from '../support/houses.ts'
import { type OtlpReceiver, type ReceivedSpan, receiveOtlp } from '../support/otlp-receiver.ts'
import { organizerWithEvent } from '../support/people.ts'

let collector: OtlpReceiver
let house: Awaited<ReturnType<typeof openTestSplitHouse>>
let output = ''
beforeAll(async () => {
  collector = await receiveOtlp()
  house = await openTestSplitHouse({
    metricsPorts: 'any',
    onOutput: (text) => {
      output += text
    },
    environment: {
      LOG_LEVEL: 'trace',
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      // Milliseconds until spans are sent.
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
  })
}, 180_000)
afterAll(async () => {
  await house?.close()
  await collector?.close()
})

const until = async (what: () => boolean, withinMs = 20_000) => {
  const deadline = performance.now() + withinMs
  while (!what()) {
    if (performance.now() > deadline) throw new Error(`not true within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const newTrace = () => randomBytes(16).toString('hex')
const ask = (query: string, variables: object, headers: Record<string, string> = {}) =>
  fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
const spansOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId)
/** A span and those before it, from the innermost: `service: name`. */
function pathOf(span: ReceivedSpan): string[] {
  const before = collector.spans.find(({ spanId }) => spanId === span.parentSpanId)
  return [`${span.service}: ${span.name}`, ...(before ? pathOf(before) : [])]
}

describe('a trace', () => {
  it('is one from the client through the router and a domain to the statement, across processes', async () => {
    const { organizer, organizationId } = await organizerWithEvent(house.url)
    const traceId = newTrace()
    const query =
      'query Page($id: ID!) { organization(id: $id) { name events(first: 2) { nodes { title } } } }'
    const reply = await ask(
      query,
      { id: organizationId },
      {
        traceparent: `00-${traceId}-00f067aa0ba902b7-00`,
        authorization: `Bearer ${organizer.accessToken}`,
      },
    )
    expect(await reply.json()).toEqual({
      data: { organization: { name: 'Open City', events: { nodes: [{ title: 'City Hack' }] } } },
    })
    await until(() => spansOf(traceId).some(({ name }) => name === 'operation'))
    await until(() => spansOf(traceId).some(({ service, name }) => service === 'events' && name === 'SELECT'))
    const statement = spansOf(traceId).find(({ service, name }) => service === 'events' && name === 'SELECT')
    expect(statement && pathOf(statement)).toEqual([
      'events: SELECT',
      'events: domain events',
      'router: fetch events',
      'router: operation',
    ])
    expect(statement?.facts['db.query.text']).toMatch(/^select .* from "events"\."event" .*\$1/)
    const operation = spansOf(traceId).find(({ name }) => name === 'operation')
    expect(operation).toMatchObject({
      parentSpanId: '00f067aa0ba902b7',
      facts: { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Page', outcome: 'ok' },
      failed: false,
    })
    expect(spansOf(traceId).some((span) => pathOf(span).join() === 'router: plan,router: operation')).toBe(
      true,
    )
    // Every span but the first has its parent in the trace.
    const ids = new Set(spansOf(traceId).map(({ spanId }) => spanId))
    expect(spansOf(traceId).filter(({ parentSpanId = '' }) => !ids.has(parentSpanId))).toEqual([operation])
    await until(() => output.includes(`"trace_id":"${traceId}"`))
  })

  it('shows a command, its transaction, and what it asks of another domain', async () => {
    const { organizer, organizationId } = await organizerWithEvent(house.url)
    const traceId = newTrace()
    const mutation =
      'mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } userErrors { code } } }'
    const input = {
      organizationId,
      title: 'Second',
      kind: 'WORKSHOP',
      timezone: 'Europe/Zurich',
      startsAt: new Date(Date.now() + 86_400_000).toISOString(),
      endsAt: new Date(Date.now() + 90_000_000).toISOString(),
    }
    const reply = await ask(
      mutation,
      { input },
      {
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
        authorization: `Bearer ${organizer.accessToken}`,
      },
    )
    expect(await reply.json()).toMatchObject({ data: { createEvent: { userErrors: [] } } })
    await until(() => spansOf(traceId).some(({ name }) => name === 'operation'))
    await until(() => spansOf(traceId).some(({ name }) => name === 'INSERT'))
    await until(() => spansOf(traceId).some(({ name }) => name === 'command createEvent'))
    const insert = spansOf(traceId).find(({ name }) => name === 'INSERT')
    expect(insert && pathOf(insert)).toEqual([
      'events: INSERT',
      'events: command createEvent',
      'events: domain events',
      'router: fetch events',
      'router: operation',
    ])
    await until(() => output.includes('"command":"createEvent"'))
    const line = output
      .split('\n')
      .find((text) => text.includes('"command":"createEvent"') && text.includes(traceId))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ trace_id: traceId, outcome: 'done', service: 'events' })
  })
})

describe('what clients send', () => {
  const canary = `canary${randomBytes(4).toString('hex')}`
  /** A password must not contain a name. */
  const secret = `finch${randomBytes(4).toString('hex')}`

  it('is found in no log, no metric and no trace of any process', async () => {
    await sendCanaries(canary, secret)
    const traceId = newTrace()
    await ask('{ me { id } }', {}, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
    await until(() => spansOf(traceId).length > 0 && output.includes(traceId))
    const metrics = await Promise.all(
      [...house.internal.values()].map(async (url) => (await fetch(`${url}/metrics`)).text()),
    )
    // There is something to search in.
    expect(metrics.length).toBeGreaterThan(5)
    expect(output.split('\n').filter((line) => line.includes('errorId')).length).toBeGreaterThan(10)
    expect(collector.spans.length).toBeGreaterThan(50)
    const telling = new RegExp(`${canary}|${secret}`, 'i')
    const finds = (text: string) => text.split('\n').filter((line) => telling.test(line))
    expect(finds(output)).toEqual([])
    expect(finds(metrics.join('\n'))).toEqual([])
    expect(finds(collector.raw.join('\n'))).toEqual([])
  })
})

/** A day in the life of somebody who does most things wrong, with a canary in everything that is a secret or personal. */
async function sendCanaries(canary: string, secret: string): Promise<void> {
  const email = `${canary}@${canary}.example`
  const password = `${secret} opens the door`
  const client = createTestClient(house.url)
  const register = { email, password, displayName: `Name ${canary}` }
  await client.mutate('registerUser', register, 'isAccepted')
  const login =
    'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken refreshToken } } }'
  const { data } = await client.request<{ login: { tokens: { accessToken: string } } }>(login, {
    input: { email, password },
  })
  const { accessToken } = data.login.tokens
  const authorization = `Bearer ${accessToken}`
  const bad: [query: string, variables: object][] = [
    [login, { input: { email, password: `${password}!` } }],
    [login, { input: { email: [email], password: { canary: password } } }],
    [login, { input: { email, password, [canary]: canary } }],
    [login, { input: email }],
    [`{ user(id: "${canary}") { id } }`, {}],
    [`{ events(first: "${email}") { nodes { id } } }`, {}],
    [`{ events(after: "${canary}") { nodes { id } } }`, {}],
    [`{ event(id: "evt_${canary}") { id } }`, {}],
    [`mutation { login(input: { email: "${email}", password: "${password}" }) { nothing } }`, {}],
    [`mutation { login(input: { email: "${email}", password: "${password} }`, {}],
    [
      'mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { isVerified } }',
      { input: { token: canary } },
    ],
    [
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { id } } }',
      { input: { displayName: `${canary}\0` } },
    ],
  ]
  for (const [query, variables] of bad) {
    await ask(query, variables)
    await ask(query, variables, { authorization })
    await ask(query, variables, {
      authorization: `Bearer ${canary}`,
      cookie: `session=${canary}`,
      traceparent: canary,
      'x-guildhall-context': canary,
      'x-api-key': canary,
    })
  }
  await fetch(`${house.url}/graphql?query={me{id}}&token=${canary}`, {
    headers: { 'apollo-require-preflight': 'x' },
  })
  await fetch(`${house.url}/verify-email?token=${canary}`)
  await fetch(`${house.url}/${canary}`)
  for (const path of ['token', 'revoke', 'introspect']) {
    await fetch(`${house.url}/oauth/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa(`${canary}:${canary}`)}`,
      },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: canary, token: canary }),
    })
  }
  await overSocket({ authorization: `Bearer ${canary}` }, [])
  await overSocket({ authorization }, [
    { query: login, variables: { input: { email, password: `${password}?` } } },
    { query: `subscription { notificationStream(after: "${canary}") { __typename } }` },
    { query: `subscription { ${canary} }`, extensions: { traceparent: canary } },
  ])
}

/** Sends operations over a socket and waits until each is answered, or the socket closed. */
const overSocket = (params: object, operations: readonly object[]) =>
  new Promise<void>((resolve) => {
    const socket = new WebSocket(`${house.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    let open = operations.length
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: params })))
    socket.on('close', () => resolve())
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string }
      if (type === 'connection_ack') {
        for (const [index, payload] of operations.entries()) {
          socket.send(JSON.stringify({ id: String(index), type: 'subscribe', payload }))
        }
      }
      if (type === 'complete' || type === 'error') open--
      if (open === 0) socket.close()
    })
  })
