import type { ExecutionResult } from 'graphql'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openShop, type Shop } from '../support/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => {
  shop.sent.length = 0
  shop.told.length = 0
  shop.intercept = undefined
})

/** Lets a subgraph answer this once it is asked for entities, or for root fields. */
function answer(subgraph: string, result: object | Promise<never>, isEntities = false): void {
  shop.intercept = (sent) =>
    sent.subgraph === subgraph && sent.query.includes('_entities') === isEntities
      ? (result as ExecutionResult)
      : undefined
}
const places = ({ errors }: ExecutionResult) => errors?.map(({ message, path }) => [path?.join('.'), message])

describe('what a subgraph sends against its schema', () => {
  it.each([
    [
      'an object for a scalar',
      { id: 'u1', nick: {} },
      { nick: null },
      'Invalid value found for field User.nick.',
    ],
    [
      'a number for a string',
      { id: 'u1', nick: 5 },
      { nick: null },
      'Invalid value found for field User.nick.',
    ],
    [
      'an unknown enum value',
      { id: 'u1', role: 'KING' },
      { role: null },
      'Invalid value found for field User.role.',
    ],
    [
      'an inner enum value',
      { id: 'u1', role: 'HIDDEN' },
      { role: null },
      'Invalid value found for field User.role.',
    ],
    [
      'a scalar for an object',
      { id: 'u1', address: 'x' },
      { address: null },
      'Expected an object for field User.address.',
    ],
    [
      'an object for a list',
      { id: 'u1', matrix: {} },
      { matrix: null },
      'Expected a list for field User.matrix.',
    ],
    [
      'a fraction for an integer',
      { id: 'u1', matrix: [[1.5]] },
      { matrix: [null] },
      'Invalid value found for field User.matrix.',
    ],
    [
      'null in a list of values',
      { id: 'u1', matrix: [[1, null], [2]] },
      { matrix: [null, [2]] },
      'Cannot return null for a non-nullable item of User.matrix.',
    ],
    [
      'a type that is not there',
      { id: 'u1', address: { __typename: 'Moon', city: 'x' } },
      { address: null },
      'Invalid __typename found for object at field User.address.',
    ],
  ])('%s is null, and told to nobody but the log', async (_title, sent, expected, message) => {
    answer('users', { data: { user: sent } })
    const [field] = Object.keys(expected)
    const selection = field === 'address' ? 'address { city }' : field
    expect(await shop.run(`{ user(id: "u1") { ${selection} } }`)).toEqual({ data: { user: expected } })
    expect(shop.told).toEqual([{ valueCompletion: [message] }])
  })

  it('null takes the nearest object that may be null', async () => {
    answer('users', { data: { users: [{ id: 'u1', name: null }], user: { id: 'u1', name: null } } })
    expect(await shop.run('{ user(id: "u1") { name } }')).toEqual({ data: { user: null } })
    expect(await shop.run('{ users { name } }')).toEqual({ data: null })
  })

  it('whole numbers are good for Float and ID, and huge ones for Int', async () => {
    answer('users', { data: { user: { id: 7, matrix: [[2 ** 40]] } } })
    expect(await shop.run('{ user(id: "u1") { id matrix } }')).toEqual({
      data: { user: { id: 7, matrix: [[2 ** 40]] } },
    })
  })

  it('keys that nobody asked for do not get out', async () => {
    answer('users', { data: { user: { id: 'u1', secret: 'x', nick: 'n' }, spare: 1 } })
    expect(await shop.run('{ user(id: "u1") { nick } }')).toEqual({ data: { user: { nick: 'n' } } })
  })

  it('`__proto__` changes no prototype, whoever names it', async () => {
    const bad = JSON.parse('{"__proto__":{"polluted":1},"id":"u1","nick":"n"}')
    answer('users', { data: { user: bad } })
    const { data } = await shop.run('{ user(id: "u1") { nick polluted: role } }')
    expect(data).toEqual({ user: { nick: 'n', polluted: null } })
    const own = await shop.run('{ user(id: "u1") { constructor: role nick } }')
    expect(own.data).toEqual({ user: { constructor: null, nick: 'n' } })
    expect(({} as Record<string, unknown>).polluted).toBe(undefined)
  })
})

describe('an error of a subgraph', () => {
  it('is told at every place where its entity occurs', async () => {
    const failed = await shop.run('{ reviews(first: 8) { id reader { nick } } }')
    expect(places(failed)).toEqual([
      ['reviews.2.reader', 'u3 is broken'],
      ['reviews.7.reader', 'u3 is broken'],
    ])
    const [first] = failed.errors ?? []
    expect(first?.extensions).toMatchObject({ serviceName: 'users' })
  })

  it('counts the entities that were asked for, not the places that have none', async () => {
    answer(
      'users',
      {
        data: { _entities: [{ nick: 'a' }, null] },
        errors: [{ message: 'no', path: ['_entities', 1, 'nick'] }],
      },
      true,
    )
    const { data, errors } = await shop.run(
      '{ search { ... on User { id } ... on Book { author { nick } } ... on Film { director { id } } } }',
    )
    expect(data?.search).toMatchObject([
      { author: { nick: 'a' } },
      { id: 'u1' },
      null,
      {},
      {},
      { author: { nick: null } },
    ])
    expect(places({ errors: errors ?? [] })).toEqual([['search.5.author.nick', 'no']])
  })

  it('keeps its place below what was asked for, or has none', async () => {
    answer('users', {
      data: { users: [{ id: 'u1', boom: null }] },
      errors: [
        { message: 'a', path: ['users', 0, 'boom'], extensions: { code: 'TEAPOT' } },
        { message: 'b' },
      ],
    })
    const result = await shop.run('{ users { id boom } }')
    expect(places(result)).toEqual([
      ['users.0.boom', 'a'],
      [undefined, 'b'],
    ])
    expect(result.errors?.map(({ extensions }) => extensions.code)).toEqual([
      'TEAPOT',
      'DOWNSTREAM_SERVICE_ERROR',
    ])
  })

  it('stands where the fields are missing when there is no answer at all', async () => {
    shop.intercept = ({ subgraph }) =>
      subgraph === 'reviews' ? Promise.reject(new Error('away')) : undefined
    const { data, errors } = await shop.run('{ user(id: "u1") { id reviews { body } } reviews { id } }')
    expect(data).toBeNull()
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['reviews'], 'SERVICE_UNAVAILABLE'],
      [['user'], 'SERVICE_UNAVAILABLE'],
    ])
  })

  it('is ours when a subgraph sends too few entities', async () => {
    answer('reviews', { data: { _entities: [] } }, true)
    const result = await shop.run('{ users(first: 2) { id reviews { id } } }')
    expect(result.data).toEqual({
      users: [
        { id: 'u0', reviews: null },
        { id: 'u1', reviews: null },
      ],
    })
    expect(places(result)).toEqual([['users.@', 'A subgraph owes 2 entities and sent something else.']])
  })
})

describe('a type that is known', () => {
  it('stays known when a subgraph has only its interface', async () => {
    const { data } = await shop.run('{ search { __typename ... on Film { must title kind: __typename } } }')
    expect(data?.search).toMatchObject([
      { __typename: 'Book' },
      { __typename: 'User' },
      null,
      { __typename: 'Film', must: 1, title: 'Title f1', kind: 'Film' },
      { __typename: 'User' },
      {},
    ])
  })
})

it('a condition that is null is refused', async () => {
  await expect(
    shop.run('query ($s: Boolean = true) { users @skip(if: $s) { id } }', { s: null }),
  ).rejects.toThrow('The variable "$s" must be true or false.')
})
