import type { SubgraphDefinition } from '@guildhall/kit/define-subgraph'
import { getDirectiveValues } from '@guildhall/kit/directives'
import { loadDefinitions } from '@guildhall/kit/discover'
import { buildASTSchema, type ConstDirectiveNode, type GraphQLNamedType, parse } from 'graphql'

/** As much of a domain as the rules of style look at. */
export interface Domain {
  domain: string
  contract: Pick<SubgraphDefinition['contract'], 'ids'>
  typeDefs: SubgraphDefinition['typeDefs']
  graphqlSchema: SubgraphDefinition['graphqlSchema']
}

/** Every domain there is. */
export const house: readonly SubgraphDefinition[] = await loadDefinitions()

/** A domain made up to see a rule fail. */
export function madeUp(domain: string, ids: Record<string, string>, sdl: string): Domain {
  const typeDefs = parse(sdl)
  return {
    domain,
    contract: { ids },
    typeDefs,
    graphqlSchema: buildASTSchema(typeDefs, { assumeValid: true }),
  }
}

/** The types that a domain's SDL defines: neither federation's machinery nor what the language brings along. */
export function typesOf({ typeDefs, graphqlSchema }: Domain): GraphQLNamedType[] {
  const names = new Set(
    typeDefs.definitions.map((definition) => ('name' in definition ? definition.name?.value : undefined)),
  )
  return Object.values(graphqlSchema.getTypeMap()).filter((type) => names.has(type.name))
}

/** Entity → the domain whose contract has its id prefix. */
export const ownersOf = (domains: readonly Domain[]): ReadonlyMap<string, string> =>
  new Map(
    domains.flatMap(({ domain, contract }) =>
      Object.values(contract.ids).map((type) => [type, domain] as const),
    ),
  )

interface Annotated {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined
}

/** Plumbing between our own services: clients never see it, so the rules for what clients see do not apply. */
export const isPlumbing = ({ astNode }: Annotated): boolean =>
  getDirectiveValues(astNode, 'inaccessible') !== null || getDirectiveValues(astNode, 'internal') !== null

/** What several domains share is reported once. */
export const unique = (problems: readonly string[]): string[] => [...new Set(problems)].sort()
