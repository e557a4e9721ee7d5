import type { Shot } from '../measuring/load.ts'

/** One kind of request: what is sent the nth time. */
export interface BenchQuery {
  title: string
  shot(n: number): Shot
}

const small = '{ me { id name username } }'

const distinct = `query ($upc: ID!) {
  product(upc: $upc) {
    name
    price
    inStock
    shippingEstimate
    reviews(first: 3) { body author { name birthday } }
  }
}`

const heavy = `{
  users {
    ...Person
    reviews(first: 3) {
      ...Opinion
      product {
        ...Goods
        reviews(first: 4) {
          ...Opinion
          author { ...Person reviews(first: 4) { ...Opinion product { ...Goods } } }
        }
      }
    }
  }
  topProducts {
    ...Goods
    reviews(first: 4) {
      ...Opinion
      author { ...Person reviews(first: 4) { ...Opinion product { ...Goods } } }
    }
  }
}
fragment Person on User { id username name }
fragment Opinion on Review { id body }
fragment Goods on Product { upc name price weight inStock shippingEstimate }`

export const benchQueries: readonly BenchQuery[] = [
  { title: 'small: one object of one subgraph', shot: () => ({ query: small }) },
  {
    title: 'distinct: four subgraphs, other variables in every request',
    // Every subgraph knows these products, and the authors of their reviews.
    shot: (n) => ({ query: distinct, variables: { upc: `p${1 + n * 40 * 17 * 19}` } }),
  },
  {
    title: 'heavy: deeply nested, the same people and products many times over',
    shot: () => ({ query: heavy }),
  },
]
