import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openEvents, untilEvents } from './support/event-stream.ts'
import { note } from './support/toy-subgraphs.ts'
import { startWorld, until, type World } from './support/world.ts'

const path = '/graphql/small'

interface Named {
  name: string
}
const namesOf = (named: readonly Named[]): string =>
  named
    .map(({ name }) => name)
    .sort()
    .join(' ')

describe('a contract at a path of its own', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process', { contracts: ['small', 'nobody'] })
  })
  afterAll(() => world.close())

  const codes = (errors: readonly { extensions: { code: string } }[]) =>
    errors.map(({ extensions }) => extensions.code)
  /** What a socket of the contract answers. */
  const overSocket = async (query: string, variables: Record<string, unknown> = {}) => {
    const client = world.client(undefined, path)
    for await (const answer of client.iterate({ query, variables })) return answer
    throw new Error('no answer')
  }

  it('answers what the contract has, across subgraphs', async () => {
    const query = '{ note { title author { name } } }'
    const data = { note: { title: 'hello', author: { name: 'Person p1' } } }
    expect((await world.post(query, { path })).body).toEqual({ data })
    expect(await overSocket(query)).toEqual({ data })
  })

  it('does not know the rest, which the whole API has', async () => {
    for (const query of [
      '{ notes { title } }',
      '{ note { id } }',
      '{ me { name } }',
      'mutation { burnNotes }',
      '{ oneSubject { ... on Report { id } } }',
    ]) {
      const { status, body } = await world.post(query, { path })
      expect([query, status, codes(body.errors)]).toEqual([query, 400, ['GRAPHQL_VALIDATION_FAILED']])
      expect((await overSocket(query)).errors?.map(({ extensions }) => extensions?.code)).toEqual([
        'GRAPHQL_VALIDATION_FAILED',
      ])
    }
    const { body } = await world.post('{ note { tite } notess { id } }', { path })
    expect(body.errors.map(({ message }) => message)).toEqual([
      'Cannot query field "tite" on type "Note". Did you mean "title"?',
      'Cannot query field "notess" on type "Query". Did you mean "note"?',
    ])
    expect((await world.post('{ notes { title } }')).status).toBe(200)
    expect(world.state.fetches.notes.join()).not.toContain('burnNotes')
  })

  it('shows in introspection what it has, and nothing else', async () => {
    const query = '{ __schema { queryType { fields { name } } types { name } } }'
    const { data } = (await world.post(query, { path })).body as {
      data: { __schema: { queryType: { fields: Named[] }; types: Named[] } }
    }
    const { queryType, types } = data.__schema
    expect(namesOf(queryType.fields)).toBe('note oneSubject subjects')
    expect(namesOf(types.filter(({ name }) => !name.startsWith('__')))).toBe(
      'Boolean ID Int Mutation Note Person Query String Subject Subscription Task',
    )
    const asked = await world.post('{ __type(name: "Vault") { name } note { __typename } }', { path })
    expect(asked.body).toEqual({ data: { __type: null, note: { __typename: 'Note' } } })
  })

  it('gives null for an object whose type it does not have', async () => {
    const { token } = world.identity.login('p1')
    const query = '{ oneSubject { __typename id label } }'
    expect((await world.post(query, { token })).body).toEqual({
      data: { oneSubject: { __typename: 'Report', id: 'r1', label: 'report one' } },
    })
    expect((await world.post(query, { token, path })).body).toEqual({ data: { oneSubject: null } })
  })

  it('streams what it has', async () => {
    const client = world.client(undefined, path)
    const events = client.iterate({ query: 'subscription { noteAdded { title author { name } } }' })
    const first = events.next()
    await until(() => world.state.openStreams > 0)
    world.state.bus.emit('note', note({ title: 'live' }))
    expect((await first).value).toEqual({
      data: { noteAdded: { title: 'live', author: { name: 'Person p1' } } },
    })
    await events.return?.()
    const refused = await overSocket('subscription { maybeNote { title } }').catch(
      (errors: unknown) => errors,
    )
    expect(JSON.stringify(refused)).toContain('Cannot query field \\"maybeNote\\"')
  })

  it('streams the same as server-sent events, and nothing else', async () => {
    const events = await openEvents(
      world.url,
      { query: 'subscription { noteAdded { title author { name } } }' },
      { path },
    )
    await until(() => world.router.liveStats().subscribers === 1)
    world.state.bus.emit('note', note({ title: 'live' }))
    await untilEvents(events, 1)
    const data = { noteAdded: { title: 'live', author: { name: 'Person p1' } } }
    expect(events.events).toEqual([{ event: 'next', data: { data } }])
    events.leave()
    for (const query of ['subscription { maybeNote { title } }', '{ notes { title } }']) {
      const refused = await openEvents(world.url, { query }, { path })
      await refused.ended
      expect(refused.events.map(({ event }) => event)).toEqual(['next', 'complete'])
      const [{ data: answer } = { data: null }] = refused.events
      expect(codes((answer as { errors: { extensions: { code: string } }[] }).errors)).toEqual([
        'GRAPHQL_VALIDATION_FAILED',
      ])
    }
    const nowhere = await openEvents(
      world.url,
      { query: 'subscription { noteAdded { title } }' },
      { path: '/graphql/nobody' },
    )
    expect(nowhere.status).toBe(404)
    await until(() => world.router.liveStats().eventStreams === 0)
  })

  it.each(['/graphql/large', '/graphql/nobody', '/graphql/small/er', '/graphql/__proto__'])(
    'is not at %s',
    async (unknown) => {
      const response = await fetch(`${world.url}${unknown}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ note { title } }"}',
      })
      expect(response.status).toBe(404)
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      const socket = new WebSocket(`${world.url.replace('http', 'ws')}${unknown}`, 'graphql-transport-ws')
      const [error] = (await once(socket, 'error')) as [Error]
      expect(error.message).toBe('Unexpected server response: 404')
    },
  )

  it('has an explorer of its own', async () => {
    const page = async (at: string) => {
      const response = await fetch(`${world.url}${at}`, { headers: { 'accept-encoding': 'identity' } })
      return { status: response.status, text: await response.text() }
    }
    const small = await page('/explore/small')
    expect(small.status).toBe(200)
    expect(small.text).toContain('"endpoint":"/graphql/small"')
    expect((await page('/explore')).text).toContain('"endpoint":"/graphql"')
    expect((await page('/explore/large')).status).toBe(404)
  })

  it('says in the shape of GraphQL that there is none', async () => {
    const { body } = await world.post('{ note { title } }', { path: '/graphql/large' })
    expect(body).toEqual({
      errors: [
        {
          message: 'There is no API at this path.',
          extensions: { code: 'BAD_REQUEST', errorId: expect.any(String), retryable: false },
        },
      ],
    })
  })
})
