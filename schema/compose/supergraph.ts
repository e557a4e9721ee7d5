import { type CompositionSuccess, composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import type { SubgraphDefinition } from '@guildhall/kit/define-subgraph'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { ComposeProblem } from './compose-problem.ts'
import { describeTypes } from './describe.ts'

export type CompositionHint = CompositionSuccess['hints'][number]

/** What came of composing all domains. */
export interface Composed {
  /** For routers: where each field lives and which door it stands behind. */
  supergraph: string
  /** For clients: sorted, described, nothing of federation. */
  api: string
  hints: readonly CompositionHint[]
}

/** Composes; the order of the definitions does not matter. @throws ComposeProblem with every contradiction. */
export function composeSupergraph(definitions: readonly SubgraphDefinition[]): Composed {
  const owners = ownersOf(definitions)
  const result = composeServices(
    definitions.map(({ domain, typeDefs }) => ({
      name: domain,
      // Where a domain really lives is the router's configuration.
      url: `http://${domain}/graphql`,
      typeDefs: describeTypes(typeDefs, domain, owners),
    })),
  )
  if (result.errors) {
    const messages = result.errors.map((error) => error.message)
    throw new ComposeProblem(`The domains do not compose:\n${messages.join('\n')}`)
  }
  return {
    supergraph: `${result.supergraphSdl.trimEnd()}\n`,
    api: apiOf(result.supergraphSdl),
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

function apiOf(supergraphSdl: string): string {
  // Of the features a router must know, the client sees none: whatever is in use, it is left out here.
  const api = Supergraph.build(supergraphSdl, { supportedFeatures: null }).apiSchema().toGraphQLJSSchema()
  return `${printSchema(lexicographicSortSchema(api)).trimEnd()}\n`
}
