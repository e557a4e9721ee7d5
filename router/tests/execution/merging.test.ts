import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openShop, type Sent, type Shop, told } from '../support/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => {
  shop.sent.length = 0
  shop.intercept = undefined
})

const to = (subgraph: string) => shop.sent.filter((sent) => sent.subgraph === subgraph)
const user = (id: string) => ({ __typename: 'User', id })

describe('entities of one subgraph at one level', () => {
  it('are asked for in one request, each selection with a list of its own', async () => {
    const { data } = await shop.run(
      '{ users(first: 2) { id favourite { id } reviews(first: 1) { reader { nick } by { role } } } }',
    )
    expect(data).toEqual({
      users: [
        { id: 'u0', favourite: { id: 'b0' }, reviews: [{ reader: { nick: null }, by: { role: 'READER' } }] },
        {
          id: 'u1',
          favourite: { id: 'f1' },
          reviews: [{ reader: { nick: 'nick u2' }, by: { role: 'WRITER' } }],
        },
      ],
    })
    // The users themselves, who wrote, and, a step later, who reads.
    expect(to('users').map(({ variables }) => variables)).toEqual([
      {},
      { representations: [user('u0'), user('u1')] },
      { representations: [user('u1'), user('u2')] },
    ])
  })

  it('are sent once when two places ask for the same of them', async () => {
    const query = '{ users(first: 2) { a: cart { author { nick } } b: cart { author { nick } } } }'
    const { data } = await shop.run(query)
    expect(data).toEqual((await shop.reference(query)).data)
    expect(to('users')[1]?.variables).toEqual({ representations: [user('u0'), user('u1')] })
  })

  it('get names that do not clash with those of the client', async () => {
    const query = `query ($representations0: String, $representations1: String) {
      users(first: 1) { a: reviews(first: 1) { by { id } } works { ... on Book { author { echo(text: $representations0) } }
        ... on Film { director { e: echo(text: $representations1) } } } } }`
    const variables = { representations0: 'zero', representations1: 'one' }
    const { data } = await shop.run(query, variables)
    const merged = to('users').at(-1)
    expect(merged?.query).toBe(
      'query($representations0_:[_Any!]!$representations0:String$representations1_:[_Any!]!$representations1:String)' +
        '{_entities0:_entities(representations:$representations0_){...on User{echo(text:$representations0)}}' +
        '_entities1:_entities(representations:$representations1_){...on User{e:echo(text:$representations1)}}}',
    )
    expect(data).toEqual((await shop.reference(query, variables)).data)
  })

  it('cannot be asked for with a variable that takes the name of their list', async () => {
    const query =
      'query ($representations: String) { book(id: "b1") { author { echo(text: $representations) } } }'
    await expect(shop.run(query, { representations: 'x' })).rejects.toThrow(
      'A variable cannot be called "representations".',
    )
  })

  it('take fewer requests than the plan has fetches', async () => {
    const query = `{ users { reviews { by { reviews { by { score } reader { score } } } reader { score reviews { by { score } } } } }
      reviews { by { score reviews { reader { score } } } } }`
    const ours = await shop.run(query)
    const sent = shop.sent.splice(0).length
    expect(ours).toEqual(await shop.reference(query))
    expect({ ours: sent, gateway: shop.sent.length }).toEqual({ ours: 13, gateway: 19 })
  })
})

describe('occurrences of one entity', () => {
  it('are sent once, and each has what the others have', async () => {
    const query = '{ reviews(first: 10) { by { nick reviews(first: 1) { body } } } }'
    const { data } = await shop.run(query)
    expect(to('users')[0]?.variables).toEqual({ representations: ['u0', 'u1', 'u2', 'u3', 'u4'].map(user) })
    expect(data).toEqual((await shop.reference(query)).data)
  })

  it('do not mix what different places ask for under one name', async () => {
    // The carts hold the same books; what follows differs under the same alias.
    const query = `{ a: users(first: 2) { cart { author { x: nick works { y: title } } } }
      b: users(first: 2) { cart { author { x: role works { y: weight } } } } }`
    // GraphQL allows it, because the places are apart.
    const { data } = await shop.run(query)
    expect(data).toEqual((await shop.reference(query)).data)
    expect(JSON.stringify(data)).toContain('"x":"nick u0"')
    expect(JSON.stringify(data)).toContain('"x":"READER"')
  })
})

describe('a merged request without data', () => {
  const query =
    '{ users(first: 1) { reviews(first: 1) { by { nick } } works { ... on Film { director { role } } } } }'
  const isMerged = (sent: Sent) => sent.query.includes('_entities1')

  it('is asked again fetch by fetch, so that one failure costs what it would have cost alone', async () => {
    shop.intercept = (sent) =>
      isMerged(sent) || (sent.subgraph === 'users' && sent.query.includes('nick'))
        ? { data: null, errors: [{ message: 'broken', path: ['_entities'] } as never] }
        : undefined
    const ours = await shop.run(query)
    expect(to('users').map(isMerged)).toEqual([false, true, false, false])
    const reference = await shop.reference(query)
    expect(ours.data).toEqual(reference.data)
    expect(told(ours)).toEqual(told(reference))
    expect(told(ours)).toEqual([
      'users.0.works.2.director: u3 is broken',
      'users.@.reviews.@.by._entities: broken',
    ])
  })

  it('is not asked again when the subgraph is away', async () => {
    shop.intercept = (sent) => (isMerged(sent) ? Promise.reject(new Error('away')) : undefined)
    const { errors } = await shop.run(query)
    expect(to('users').map(isMerged)).toEqual([false, true])
    expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual([
      ['users.@.works.@.director', 'SERVICE_UNAVAILABLE'],
      ['users.@.reviews.@.by', 'SERVICE_UNAVAILABLE'],
    ])
  })
})
