import { anonymous, contextHeader } from '@guildhall/kit/caller'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { createClient } from 'graphql-ws'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { openTestHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'
import { overHttp, overSocket } from './support/attempts.ts'

let world: World
let url: string
const tokens: { access: string; refresh: string } = { access: '', refresh: '' }

beforeAll(async () => {
  world = await createWorld()
  const { port } = await world.host.serve('identity', 0)
  url = `http://127.0.0.1:${port}/graphql`
  const credentials = { email: 'ada@example.org', password: 'correct horse battery' }
  await world.anonymous.mutate('registerUser', { ...credentials, displayName: 'Ada' }, 'isAccepted')
  const login = await world.anonymous.mutate<{ tokens: { accessToken: string; refreshToken: string } }>(
    'login',
    credentials,
    'tokens { accessToken refreshToken }',
  )
  tokens.access = login.tokens.accessToken
  tokens.refresh = login.tokens.refreshToken
})
afterAll(() => world?.close())
afterEach(() => {
  vi.useRealTimers()
})

/** A context that was good some seconds ago. */
async function contextOf(secondsAgo: number): Promise<string> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - secondsAgo * 1000 })
  const context = await world.signer(anonymous)
  vi.useRealTimers()
  return context
}

const query = '{ __typename }'
async function askOverHttp(context: string | undefined): Promise<number> {
  const { status } = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(context ? { [contextHeader]: context } : {}) },
    body: JSON.stringify({ query }),
  })
  return status
}
async function askOverSocket(context: string | undefined): Promise<string> {
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  })
  try {
    const answer = client.iterate({ query, ...(context ? { extensions: { context } } : {}) })
    return await answer.next().then(
      () => 'answered',
      (errors: { extensions: { code: string } }[]) => errors[0]?.extensions.code ?? 'closed',
    )
  } finally {
    await client.dispose()
  }
}

describe('a subgraph that is reached past the router', () => {
  it('answers a fresh context of the router', async () => {
    const context = await contextOf(0)
    expect([await askOverHttp(context), await askOverSocket(context)]).toEqual([200, 'answered'])
  })

  it.each([
    ['nothing', () => undefined],
    ['an access token', () => tokens.access],
    ['a refresh token', () => tokens.refresh],
    ['a context that is too old', () => contextOf(70)],
    ['a context with another body', async () => (await contextOf(0)).replace(/\.[^.]+\./, '.e30.')],
    ['a context without its signature', async () => (await contextOf(0)).replace(/[^.]*$/, '')],
  ])('answers nothing to %s', async (_what, make) => {
    const shown = await make()
    expect([await askOverHttp(shown), await askOverSocket(shown)]).toEqual([401, 'UNAUTHENTICATED'])
  })
})

it("the router takes none of its own contexts for somebody's token", async () => {
  const house = await openTestHouse({ production: true })
  try {
    const upstream = house.house.host.upstreams.identity
    if (!upstream) throw new Error('identity is not here')
    const seen: string[] = []
    const execute = upstream.execute.bind(upstream)
    upstream.execute = (request) => {
      if (request.context) seen.push(request.context)
      return execute(request)
    }
    const person = await newPerson(house.url, 'Ada')
    await person.request('{ me { id } }')
    const contexts = [...new Set(seen)]
    expect(contexts.length).toBeGreaterThan(1)
    for (const context of contexts) {
      expect((await overHttp(house.url, context)).status).toBe(401)
      expect((await overSocket(house.url, context)).status).toBe(4403)
    }
  } finally {
    await house.close()
  }
})
