import type { ExecutionResult } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { note } from './support/toy-subgraphs.ts'
import { startWorld, type Transport, until, type World } from './support/world.ts'

describe.each<Transport>(['in-process', 'http'])('subscriptions across subgraphs, %s', (transport) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(transport, { live: { subscriptionsPerSocket: 200, messageBurst: 1_000 } })
  })
  afterAll(() => world.close())

  /** Subscribes, lets one event happen, gives its result. */
  async function one(
    query: string,
    event: unknown = note(),
    {
      variables,
      token,
      on = 'note',
    }: { variables?: Record<string, unknown>; token?: string | Promise<string>; on?: string } = {},
  ): Promise<ExecutionResult> {
    const before = world.state.openStreams
    const stream = world.client(token).iterate({ query, ...(variables ? { variables } : {}) })
    const next = stream.next()
    await until(() => world.state.openStreams === before + 1)
    world.state.bus.emit(on, event)
    const { value } = await next
    await stream.return?.()
    await until(() => world.state.openStreams === before)
    return value as ExecutionResult
  }

  it('hydrates an event with fields of another subgraph', async () => {
    const result = await one('subscription { noteAdded { id title author { id name unread } } }')
    expect(result).toEqual({
      data: { noteAdded: { id: 'n1', title: 'hello', author: { id: 'p1', name: 'Person p1', unread: 2 } } },
    })
  })

  it('honours aliases, fragments, variables with defaults, @skip, @include, interfaces and unions', async () => {
    world.state.fetches.people.length = 0
    const result = await one(
      `subscription S($up: Boolean = true, $in: Boolean!, $out: Boolean = true) {
        event: noteAdded { kind: __typename TITLE: title(upper: $up) ...Core
          who: reader @include(if: $in) { called: name }
          gone: author @skip(if: $out) { name }
          subject { __typename ... on Task { id label estimate assignee { ...Who } } }
          target { __typename ... on Person { named: name } ... on Task { estimate } }
        } }
      fragment Core on Note { id readers { ...Who unread } }
      fragment Who on Person { id name }`,
      note(),
      { variables: { in: true } },
    )
    expect(result).toEqual({
      data: {
        event: {
          kind: 'Note',
          TITLE: 'HELLO',
          id: 'n1',
          readers: [
            { id: 'p3', name: 'Person p3', unread: 2 },
            { id: 'p4', name: 'Person p4', unread: 2 },
          ],
          who: { called: 'Person p2' },
          subject: {
            __typename: 'Task',
            id: 't1',
            label: 'task one',
            estimate: 2,
            assignee: { id: 'p5', name: 'Person p5' },
          },
          target: { __typename: 'Person', named: 'Person p6' },
        },
      },
    })
  })

  it('leaves out the fetch of what @include excludes', async () => {
    world.state.fetches.people.length = 0
    const query = 'subscription S($in: Boolean!) { noteAdded { id reader @include(if: $in) { name } } }'
    expect(await one(query, note(), { variables: { in: false } })).toEqual({
      data: { noteAdded: { id: 'n1' } },
    })
    expect(world.state.fetches.people).toEqual([])
  })

  it('passes arguments to the subgraph', async () => {
    const stream = world
      .client()
      .iterate({ query: 'subscription S($min: Int) { noteAdded(min: $min) { id } }', variables: { min: 7 } })
    const next = stream.next()
    await until(() => world.state.openStreams === 1)
    world.state.bus.emit('note', note({ id: 'small', n: 6 }))
    world.state.bus.emit('note', note({ id: 'large', n: 7 }))
    expect((await next).value).toEqual({ data: { noteAdded: { id: 'large' } } })
    await stream.return?.()
    await until(() => world.state.openStreams === 0)
  })

  it('lets null rise to the nearest nullable parent', async () => {
    const broken = { reader: { id: 'p13' }, author: { id: 'p13' } }
    expect(await one('subscription { noteAdded { id reader { must } } }', note(broken))).toMatchObject({
      data: { noteAdded: { id: 'n1', reader: null } },
    })
    expect(await one('subscription { noteAdded { id author { must } } }', note(broken))).toMatchObject({
      data: null,
    })
  })

  it('answers null for an entity that is gone and for an event without data', async () => {
    const gone = await one(
      'subscription { noteAdded { id reader { name } } }',
      note({ reader: { id: 'gone' } }),
    )
    expect(gone).toEqual({ data: { noteAdded: { id: 'n1', reader: { name: null } } } })
    expect(await one('subscription { maybeNote { id author { name } } }', null, { on: 'maybe' })).toEqual({
      data: { maybeNote: null },
    })
  })

  it('says where an error happened, and no more', async () => {
    const own = await one('subscription { noteAdded { id bang: boom forbidden } }')
    expect(own.data).toEqual({ noteAdded: { id: 'n1', bang: null, forbidden: null } })
    expect(own.errors).toEqual([
      {
        message: 'Internal server error',
        path: ['noteAdded', 'bang'],
        extensions: {
          code: 'INTERNAL_SERVER_ERROR',
          errorId: expect.stringMatching(/^[\w-]{12}$/),
          retryable: false,
        },
      },
      {
        message: 'Not for you.',
        path: ['noteAdded', 'forbidden'],
        extensions: { code: 'FORBIDDEN', errorId: expect.stringMatching(/^[\w-]{12}$/), retryable: false },
      },
    ])
    const hydrated = await one(
      'subscription { noteAdded { id readers { id name } } }',
      note({ readers: [{ id: 'p1' }, { id: 'p666' }] }),
    )
    expect(hydrated.data).toEqual({
      noteAdded: {
        id: 'n1',
        readers: [
          { id: 'p1', name: 'Person p1' },
          { id: 'p666', name: null },
        ],
      },
    })
    expect(hydrated.errors?.map(({ message, path }) => ({ message, path }))).toEqual([
      { message: 'Internal server error', path: ['noteAdded', 'readers', 1] },
    ])
  })

  it('never opens the stream of a denied root field', async () => {
    const fetched = world.state.fetches.notes.length
    const { value } = await world.client().iterate({ query: 'subscription { vaultOpened { gold } }' }).next()
    expect(value).toEqual({
      data: null,
      errors: [
        {
          message: 'Unauthorized field or type',
          path: ['vaultOpened'],
          extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', errorId: expect.any(String), retryable: false },
        },
      ],
    })
    expect(world.state.fetches.notes.length).toBe(fetched)
  })

  it('removes denied fields from events and shows them to those who may see them', async () => {
    const query = 'subscription { noteAdded { id secret reader { email } } }'
    const denied = await one(query)
    expect(denied.data).toEqual({ noteAdded: { id: 'n1', secret: null, reader: null } })
  })

  it('gives entitled callers what others do not get', async () => {
    const { token } = world.identity.login('usr_1', ['notes:read', 'notes:secret'])
    const query = 'subscription { noteAdded { id secret reader { email } } }'
    expect(await one(query, note(), { token })).toEqual({
      data: { noteAdded: { id: 'n1', secret: 's3cret', reader: { email: 'p2@x.org' } } },
    })
    expect(world.state.callers.at(-1)).toMatchObject({ kind: 'user', userId: 'usr_1' })
    expect(await one(query)).toMatchObject({ data: { noteAdded: { id: 'n1', secret: null, reader: null } } })
  })

  it('passes on the refusal of a subgraph as an error that ends the stream', async () => {
    const error = await world
      .client()
      .iterate({ query: 'subscription { refused { id } }' })
      .next()
      .catch((thrown) => thrown)
    expect(error).toEqual([
      {
        message: 'Not your stream.',
        extensions: { code: 'FORBIDDEN', errorId: expect.any(String), retryable: false },
      },
    ])
  })

  it('gives each of 200 subscribers every event, over one socket to the subgraph, and ends all at once', async () => {
    const client = world.client()
    const query = 'subscription S($min: Int) { noteAdded(min: $min) { id reader { name } } }'
    // None is like another, so that each has a stream of its own.
    const streams = Array.from({ length: 200 }, (_, i) =>
      client.iterate<{ noteAdded: unknown }>({ query, variables: { min: -i } }),
    )
    const firsts = streams.map((stream) => stream.next())
    await until(() => world.state.openStreams === 200, 10_000)
    if (world.served.notes) expect(world.served.notes.sockets()).toBe(1)
    world.state.bus.emit('note', note())
    for (const { value } of await Promise.all(firsts)) {
      expect(value).toEqual({ data: { noteAdded: { id: 'n1', reader: { name: 'Person p2' } } } })
    }
    // No further event happens: what is parked has to end by itself.
    await Promise.all(streams.map((stream) => stream.return?.()))
    await until(() => world.state.openStreams === 0)
  })

  it('answers an event on time whose hydration hangs, and goes on', async () => {
    // Longer than anything but a hanging subgraph takes, on a busy machine too.
    const quick = await startWorld(transport, { deadlineMs: 1_500 })
    try {
      const query = 'subscription { noteAdded { id reader { id name } } }'
      const stream = quick.client().iterate({ query })
      const late = stream.next()
      await until(() => quick.state.openStreams === 1)
      quick.state.hangPeople = true
      quick.state.bus.emit('note', note({ id: 'late' }))
      expect((await late).value).toEqual({
        data: { noteAdded: { id: 'late', reader: { id: 'p2', name: null } } },
        errors: [
          {
            message: 'A part of the service did not answer in time.',
            path: ['noteAdded', 'reader'],
            extensions: { code: 'GATEWAY_TIMEOUT', errorId: expect.any(String), retryable: true },
          },
        ],
      })
      quick.state.hangPeople = false
      quick.state.bus.emit('note', note({ id: 'next' }))
      expect((await stream.next()).value).toEqual({
        data: { noteAdded: { id: 'next', reader: { id: 'p2', name: 'Person p2' } } },
      })
    } finally {
      await quick.close()
    }
  })

  it('ends upstream streams when the socket of the client is lost', async () => {
    const client = world.client()
    void client
      .iterate({ query: 'subscription { noteAdded { id } }' })
      .next()
      .catch(() => {})
    await until(() => world.state.openStreams === 1)
    client.terminate()
    await expect(until(() => world.state.openStreams === 0)).resolves.toBeUndefined()
  })
})
