import type { ExecutionResult } from 'graphql'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { openScope } from '../../execution/request-scope.ts'
import { openShop, type Shop } from '../support/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => {
  shop.sent.length = 0
})

const hanging = new Promise<ExecutionResult>(() => {})
const query = '{ users(first: 1) { id reviews { id } favourite { title } } ping }'

it('a client that goes away ends what its query waits for, and nothing more is asked', async () => {
  shop.intercept = ({ subgraph }) => (subgraph === 'reviews' ? hanging : undefined)
  const scope = openScope(60_000)
  const running = shop.run(query, {}, { scope })
  await vi.waitFor(() => expect(shop.sent.map(({ subgraph }) => subgraph)).toContain('reviews'))
  scope.abandon()
  const { data, errors } = await running
  expect(shop.signals.at(-1)?.aborted).toBe(true)
  expect(data).toMatchObject({ users: [{ id: 'u0', reviews: null }] })
  expect(errors?.map(({ message }) => message)).toContain('The client is gone.')

  const sent = shop.sent.length
  const late = await shop.run(query, {}, { scope })
  expect(late.data).toBeNull()
  expect(shop.sent).toHaveLength(sent)
})

it('a deadline costs what did not come in time', async () => {
  shop.intercept = ({ subgraph }) => (subgraph === 'reviews' ? hanging : undefined)
  const { data, errors } = await shop.run(
    '{ users(first: 1) { id reviews { id } score } }',
    {},
    { scope: openScope(300) },
  )
  expect(data).toEqual({ users: [{ id: 'u0', reviews: null, score: 7 }] })
  expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
    [['users', '@'], 'GATEWAY_TIMEOUT'],
  ])
})

it('listens for the end of a request once, however much is under way, and no longer than that', async () => {
  shop.intercept = undefined
  const scope = openScope(60_000)
  const added = vi.spyOn(scope.signal, 'addEventListener')
  const removed = vi.spyOn(scope.signal, 'removeEventListener')
  await shop.run('{ users { reviews { id } favourite { id } cart { id } } }', {}, { scope })
  expect(shop.sent).toHaveLength(4)
  // Once for the first fetch, once for the three after it.
  expect(added).toHaveBeenCalledTimes(2)
  expect(removed).toHaveBeenCalledTimes(2)
  scope.end()
})
