import { type CompositionSuccess, composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import type { SubgraphDefinition } from '@guildhall/kit/define-subgraph'
import { everyProduct } from '@guildhall/kit/products'
import { contractSchema } from '@guildhall/router/schema/contract-schema'
import { readTags } from '@guildhall/router/schema/tags'
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { ComposeProblem } from './compose-problem.ts'
import { describeTypes } from './describe.ts'
import { tagProducts } from './tags.ts'

export type CompositionHint = CompositionSuccess['hints'][number]

/** What came of composing all domains. */
export interface Composed {
  /** For routers: where each field lives and which door it stands behind. */
  supergraph: string
  /** For clients: sorted, described, nothing of federation. */
  api: string
  /** Product → its part of that. */
  contracts: Readonly<Record<string, string>>
  hints: readonly CompositionHint[]
}

/** Composes; the order of the definitions does not matter. @throws ComposeProblem with every contradiction. */
export function composeSupergraph(definitions: readonly SubgraphDefinition[]): Composed {
  const owners = ownersOf(definitions)
  const parts = definitions.map(({ domain, contract, typeDefs }) => ({
    domain,
    products: contract.products,
    typeDefs: describeTypes(typeDefs, domain, owners),
  }))
  const result = composeServices(
    tagProducts(parts, owners).map(({ domain, typeDefs }) => ({
      name: domain,
      // Where a domain really lives is the router's configuration.
      url: `http://${domain}/graphql`,
      typeDefs,
    })),
  )
  if (result.errors) {
    const messages = result.errors.map((error) => error.message)
    throw new ComposeProblem(`The domains do not compose:\n${messages.join('\n')}`)
  }
  return {
    supergraph: `${result.supergraphSdl.trimEnd()}\n`,
    ...apisOf(result.supergraphSdl),
    hints: result.hints,
  }
}

/** Entity → the domain whose contract has its id prefix. */
export const ownersOf = (definitions: readonly SubgraphDefinition[]): Map<string, string> =>
  new Map(
    definitions.flatMap(({ domain, contract }) =>
      Object.values(contract.ids).map((type) => [type, domain] as const),
    ),
  )

function apisOf(supergraphSdl: string): Pick<Composed, 'api' | 'contracts'> {
  // Of the features a router must know, the client sees none: whatever is in use, it is left out here.
  const supergraph = Supergraph.build(supergraphSdl, { supportedFeatures: null })
  const api = supergraph.apiSchema().toGraphQLJSSchema()
  const tags = readTags(supergraph.schema.toGraphQLJSSchema())
  const contracts = everyProduct.map((product) => {
    const contract = contractSchema(api, tags, product)
    if (!contract) throw new ComposeProblem(`No domain has a query for the product "${product}".`)
    return [product, printed(contract)] as const
  })
  return { api: printed(api), contracts: Object.fromEntries(contracts) }
}

const printed = (schema: GraphQLSchema): string =>
  `${printSchema(lexicographicSortSchema(schema)).trimEnd()}\n`
