// Deterministic data without end: every object follows from its number, so nothing is stored and every request may ask
// for another object. What a number cannot be divided by decides what is wrong with the object.

/** The number of `u12`, `p3`, `r45` …; NaN for anything else. */
export const numberOf = (id: unknown): number => {
  const text = String(id)
  return /^[a-z]\d{1,12}$/.test(text) ? Number(text.slice(1)) : Number.NaN
}

export const userIds = 6
export const productIds = 9
export const reviewIds = 11

/** 0, 1, … */
export const times = (count: number): number[] => Array.from({ length: Math.max(0, count) }, (_, at) => at)

/** How many items a list shows: lists are never longer than 20. */
export const upTo = (first: unknown): number => Math.min(typeof first === 'number' ? first : 0, 20)

const names = [
  'Ada Lovelace',
  'Alan Turing',
  'Grace Hopper',
  'Edsger Dijkstra',
  'Barbara Liskov',
  'Donald Knuth',
]
const products = ['Table', 'Couch', 'Glass', 'Chair', 'TV', 'Lamp', 'Grill', 'Fridge', 'Sofa']
const bodies = [
  'Love it!',
  'Too expensive.',
  'Could be better.',
  'Prefer something else.',
  'Just fine for its price.',
]

const pick = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % items.length]

/** Someone with an account; everyone whose number is a multiple of 13 has none. */
export function accountOf(id: unknown) {
  const n = numberOf(id)
  if (!Number.isInteger(n) || n % 13 === 0) return null
  return {
    __typename: 'User',
    id: `u${n}`,
    n,
    name: pick(names, n - 1),
    username: `user-${n}`,
    birthday: 1900 + (n % 100),
  }
}

/** A product of the catalogue, which lacks the multiples of 19. */
export function catalogueItem(upc: unknown) {
  const n = numberOf(upc)
  if (!Number.isInteger(n) || n % 19 === 0) return null
  return {
    __typename: 'Product',
    upc: `p${n}`,
    n,
    name: `${pick(products, n - 1)} ${n}`,
    price: n % 8 === 0 ? null : (n * 97) % 2_000,
    weight: (n * 31) % 1_000,
  }
}

/** What the stores know of a product; nothing of the multiples of 17. */
export function stockOf(upc: unknown) {
  const n = numberOf(upc)
  return Number.isInteger(n) && n % 17 !== 0 ? { __typename: 'Product', upc: `p${n}`, n } : null
}

export function reviewOf(id: unknown) {
  const n = numberOf(id)
  return { __typename: 'Review', id: `r${n}`, n, body: pick(bodies, n) }
}

/** Reviews of the nth object: always of the same few people and products for the small numbers. */
export const reviewsAround = (n: number, first: unknown) =>
  times(upTo(first)).map((at) =>
    reviewOf(`r${1 + ((n * 3 + at * 4) % (n <= productIds ? reviewIds : 100_000))}`),
  )

/** Films have even numbers, books odd ones. */
export function publicationOf(id: unknown) {
  const n = numberOf(id)
  if (!Number.isInteger(n)) return null
  return n % 2 === 0
    ? { __typename: 'Film', id: `m${n}`, n, title: `Film ${n}`, minutes: 60 + (n % 90) }
    : { __typename: 'Book', id: `m${n}`, n, title: `Book ${n}`, pages: 100 + (n % 900) }
}
