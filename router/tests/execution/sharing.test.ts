import { expect, it } from 'vitest'
import type { PlanStep } from '../../execution/plan-steps.ts'
import { areFinal, mayShare } from '../../execution/sharing.ts'

const step = (path: string, operation: string, after: number[] = []): PlanStep => ({
  fetch: {
    kind: 'Fetch',
    serviceName: 'any',
    operation,
    operationName: undefined,
    operationKind: 'query' as never,
    ...(path ? { requires: [] } : {}),
  },
  path: path ? path.split('.') : [],
  after,
  level: 0,
  isEvent: false,
})
const entities = (selection: string) =>
  `query($r:[_Any!]!){_entities(representations:$r){...on T{${selection}}}}`

const root = step('', '{users{id}}')
const reviews = step('users.@', entities('reviews{id}'), [0])
const products = step('users.@.reviews.@.product', entities('dims{w}'), [1])

it('what came for an entity is shared by its occurrences', () => {
  expect(mayShare(products, [root, reviews, products])).toBe(true)
})

it('but not when a fetch from further up, under way at the same time, may merge into it', () => {
  const beside = step('users.@', entities('reviews{product{dims{h}}}'), [0])
  expect(mayShare(products, [root, reviews, products, beside])).toBe(false)
  // One that goes another way, or is done before, changes nothing.
  expect(mayShare(products, [root, reviews, products, step('users.@', entities('name'), [0])])).toBe(true)
  const later = step(products.path.join('.'), entities('dims{w}'), [1, 3])
  expect(mayShare(later, [root, reviews, products, beside, later])).toBe(true)
})

it('sees through fragments, and root fields', () => {
  const fragment = `query($r:[_Any!]!){_entities(representations:$r){...F}} fragment F on T{...{reviews{x}}}`
  expect(mayShare(products, [root, reviews, products, step('users.@', fragment, [0])])).toBe(false)
  expect(mayShare(products, [root, reviews, products, step('', '{users{name}}')])).toBe(false)
  expect(mayShare(products, [root, reviews, products, step('', '{people:users{name}}')])).toBe(true)
})

it('different paths share only what nothing is fetched into', () => {
  expect(areFinal([products], [root, reviews, products])).toBe(true)
  expect(areFinal([reviews], [root, reviews, products])).toBe(false)
  const beside = step(products.path.join('.'), entities('dims{h}'), [1])
  expect(areFinal([products], [root, reviews, products, beside])).toBe(false)
})
