import { GraphQLError, Kind, parse } from 'graphql'

/**
 * Subgraph → URL, as composition wrote them into a supergraph.
 *
 * @throws Error when the text is no supergraph or a subgraph has no usable URL.
 */
export function readSubgraphUrls(supergraphSdl: string): Record<string, string> {
  const urls: Record<string, string> = {}
  for (const definition of parseSupergraph(supergraphSdl)) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue
    for (const { directives } of definition.values ?? []) {
      const graph = directives?.find((directive) => directive.name.value === 'join__graph')
      const read = (name: string) => {
        const value = graph?.arguments?.find((argument) => argument.name.value === name)?.value
        return value?.kind === Kind.STRING ? value.value : ''
      }
      if (!/^https?:\/\//.test(read('url'))) throw new Error(`Subgraph "${read('name')}" has no http(s) URL.`)
      urls[read('name')] = read('url')
    }
  }
  if (Object.keys(urls).length === 0) throw new Error('The file is not a composed federation 2 supergraph.')
  return urls
}

function parseSupergraph(sdl: string) {
  try {
    return parse(sdl, { noLocation: true }).definitions
  } catch (error) {
    throw new Error(
      `The file is not GraphQL: ${error instanceof GraphQLError ? error.message : String(error)}`,
    )
  }
}
