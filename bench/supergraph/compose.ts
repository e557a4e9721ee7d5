import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import type { BenchSubgraph } from './subgraph.ts'
import { accounts } from './subgraphs/accounts.ts'
import { inventory } from './subgraphs/inventory.ts'
import { products } from './subgraphs/products.ts'
import { reviews } from './subgraphs/reviews.ts'

/** The four of them, in the order of their ports. */
export const subgraphs: readonly BenchSubgraph[] = [accounts, products, reviews, inventory]

/**
 * One supergraph of all.
 *
 * @param urlOf where each is served; anything, where nobody asks them over HTTP.
 * @throws Error when they do not compose.
 */
export function compose(
  parts: readonly Pick<BenchSubgraph, 'name' | 'typeDefs'>[] = subgraphs,
  urlOf: (name: string) => string = (name) => `http://${name}.invalid/graphql`,
): string {
  const { supergraphSdl, errors } = composeServices(
    parts.map(({ name, typeDefs }) => ({ name, url: urlOf(name), typeDefs: parse(typeDefs) })),
  )
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'))
  return supergraphSdl
}
