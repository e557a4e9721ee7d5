import type { ExecutionResult } from 'graphql'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { openShop, type Shop } from '../support/shop.ts'

// What Apollo's planner gets wrong when it is given the operation as the client wrote it.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => {
  shop.sent.length = 0
})

const bookOf = ({ data }: ExecutionResult) => ({ ...(data?.book as Record<string, number>) })

it('an alias that is the name of another field is no way to feed what a field requires', async () => {
  const honest = await shop.run('{ book(id: "b1") { shipping } }')
  expect(honest.data).toEqual({ book: { shipping: expect.any(Number) } })
  const { data, errors } = await shop.run('{ book(id: "b1") { weight: title price: pages shipping } }')
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    book: {
      weight: 'Title b1',
      price: expect.any(Number),
      shipping: bookOf(honest).shipping,
    },
  })
})

it('an alias that is the name of the key gives what was asked for', async () => {
  const { data } = await shop.run('{ book(id: "b1") { id: title amount } }')
  expect(data).toEqual({ book: { id: 'Title b1', amount: expect.any(Number) } })
})

it('errors stand at the place that the client wrote', async () => {
  const { data, errors } = await shop.run('{ user(id: "u1") { name: boom nick: name } }')
  expect(data).toEqual({ user: { name: null, nick: 'User u1' } })
  expect(errors?.map(({ path }) => path)).toEqual([['user', 'name']])
})

it('a field that is skipped takes nothing from its neighbours', async () => {
  const query = 'query ($c: Boolean!) { book(id: "b1") { amount shipping @skip(if: $c) volume } }'
  const whole = await shop.run(query, { c: false })
  const { amount, volume } = bookOf(whole)
  expect([amount, volume]).toEqual([expect.any(Number), expect.any(Number)])
  expect(await shop.run(query, { c: true })).toEqual({ data: { book: { amount, volume } } })
})

it('a list whose selection is skipped is still there', async () => {
  const query =
    'query ($c: Boolean!) { users(first: 2) { reviews(first: 1) { by @include(if: $c) { id } } } }'
  expect((await shop.run(query, { c: false })).data).toEqual({
    users: [{ reviews: [{}] }, { reviews: [{}] }],
  })
})
