import { beforeAll, beforeEach, expect, it } from 'vitest'
import { openShop, type Shop, told } from '../support/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => {
  shop.sent.length = 0
})

/** What Apollo's gateway gets right, ours answers alike: data, and which error is where. */
const operations: Readonly<Record<string, string>> = {
  'one subgraph': '{ users { id name nick address { city street } } }',
  'an entity of another subgraph': '{ users { reviews { body stars } } }',
  'aliases everywhere': '{ people: users { ref: id said: reviews { text: body } } }',
  'one field under two aliases with arguments':
    '{ users { a: reviews(first: 1) { id } b: reviews(first: 2) { id } } }',
  'an argument of a nested entity': '{ users { favourite { ... on Book { shipping(fast: true) } } } }',
  '__typename, aliased and not':
    '{ kind: __typename users { __typename what: __typename reviews { __typename } } }',
  'fragments on an interface': '{ media { id title ... on Book { pages } ... on Film { minutes } } }',
  'a fragment of an interface inside another': '{ media { ... on Node { id ... on Book { name } } } }',
  'a union over subgraphs':
    '{ search { ... on Book { volume } ... on Film { plot } ... on User { score } } }',
  'one name for fields that subgraphs type differently':
    '{ search { ... on Book { x: name } ... on Film { x: plot } } }',
  'named fragments, nested':
    'query { users { ...A } } fragment A on User { id ...B } fragment B on User { cart { ...C } } fragment C on Book { title }',
  'a fragment spread twice':
    'query { users { ...A reviews { by { ...A } } } } fragment A on User { id score }',
  '@requires of scalars': '{ users { cart { shipping } } }',
  '@requires of objects': '{ media { ... on Book { volume } } }',
  '@requires of something that is null':
    '{ book(id: "b2") { shipping volume } missing: book(id: "b4") { volume } }',
  '@provides': '{ reviews { by { name } } }',
  '@provides and more of the same entity': '{ reviews { by { name nick } } }',
  'an interface object': '{ media { title rating } }',
  'from an interface object to its types':
    '{ reviews { about { id title rating ... on Film { minutes } } } }',
  'values of an object from two subgraphs': '{ users { address { street city zip } } }',
  'lists of lists': '{ users { matrix works { id } } }',
  'a custom scalar': '{ users { settings } }',
  'a value that the API does not show': '{ users { role } }',
  'an entity that is missing':
    '{ users(first: 5) { id cart { title } favourite { title } reviews { reader { nick } } } }',
  'an entity that fails': '{ reviews(first: 5) { reader { nick } } }',
  'a field that fails': '{ users { id boom } }',
  'null where there must be a value, in a list': '{ media(first: 6) { id ... on Book { pages } } }',
  'null where there must be a value, from another subgraph': '{ reviews(first: 7) { id likes } }',
  'null that takes the whole answer': '{ reviews(first: 5) { by { reviews { likes } } } }',
  'an object that is not there': '{ user(id: "gone") { id reviews { id } } }',
  'deep ways through the same entities':
    '{ users { reviews { by { reviews { reader { cart { title } } } } } } }',
  'introspection beside data':
    '{ __schema { queryType { name } } users { id } t: __type(name: "Book") { kind } }',
  'introspection alone': '{ __type(name: "Review") { fields { name } } }',
  'a mutation and what follows it':
    'mutation { rename(id: "u1", name: "Zed") { name reviews { body } score } }',
  'mutations one after the other':
    'mutation { a: rename(id: "u1", name: "A") { name } b: rename(id: "u2", name: "B") { cart { id } } }',
  'aliases that every object knows':
    '{ users { constructor: id toString: name __proto__: nick valueOf: score } }',
  'literal conditions':
    '{ users { id name @skip(if: true) nick @include(if: true) ... @include(if: false) { role } } }',
}

it.each(Object.keys(operations))('%s', async (title) => {
  const query = operations[title] ?? ''
  const ours = await shop.run(query)
  const reference = await shop.reference(query)
  expect(ours.data).toEqual(reference.data)
  expect(JSON.stringify(ours.data)).toHaveLength(JSON.stringify(reference.data).length)
  expect(told(ours)).toEqual(told(reference))
})

const conditional = `query ($in: Boolean!, $out: Boolean = false, $id: ID = "u1", $text: String, $list: [Int!]) {
  users @include(if: $in) { id ...More @skip(if: $out) score @include(if: $in) }
  user(id: "u2") { id reviews @skip(if: $in) { body } ... on User @include(if: $out) { cart { shipping } } }
  echo: user(id: "u1") { echo(text: $text, list: $list) }
} fragment More on User { reviews @include(if: $in) { id } nick @skip(if: $in) }`

it.each([
  { in: true },
  { in: false },
  { in: true, out: true },
  { in: false, out: true, text: 'x' },
  { in: false, out: false, text: null, list: [1, 2] },
])('variables that decide what is asked for, and others: %j', async (variables) => {
  const query = conditional.replace('$id: ID = "u1", ', '')
  const ours = await shop.run(query, variables)
  const sent = shop.sent.splice(0).map(({ subgraph }) => subgraph)
  const reference = await shop.reference(query, variables)
  expect(ours).toEqual(reference)
  expect(sent.length).toBeLessThanOrEqual(shop.sent.length)
})

it('runs the operation that was named', async () => {
  const query =
    'query A { users(first: 1) { id } } query B($in: Boolean!) { reviews(first: 1) @include(if: $in) { id } }'
  expect(await shop.run(query, {}, { operationName: 'A' })).toEqual({ data: { users: [{ id: 'u0' }] } })
  expect(await shop.run(query, { in: true }, { operationName: 'B' })).toEqual({
    data: { reviews: [{ id: 'r0' }, null] },
  })
})
