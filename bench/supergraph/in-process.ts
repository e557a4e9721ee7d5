import type { CallerVerifier } from '@guildhall/kit/caller'
import { executeOperation } from '@guildhall/kit/execution/execute'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { type DocumentNode, parse } from 'graphql'
import { type BenchSubgraph, executable } from './subgraph.ts'

/**
 * A subgraph in this process, as our own house has its domains: the operation is parsed once and not validated again.
 *
 * @param verify checks the signed context of every fetch, where contexts are signed.
 * @param asked called with every fetch.
 */
export function inProcess(
  subgraph: BenchSubgraph,
  { verify, asked }: { verify?: CallerVerifier; asked?: (query: string) => void } = {},
): SubgraphUpstream {
  const schema = executable(subgraph)
  const documents = new Map<string, DocumentNode>()
  const documentOf = (query: string): DocumentNode => {
    const known = documents.get(query)
    if (known) return known
    const parsed = parse(query, { noLocation: true })
    if (documents.size < 1_000) documents.set(query, parsed)
    return parsed
  }
  return {
    async execute({ query, document, variables, operationName, context }) {
      asked?.(query)
      if (verify) await verify(context)
      return executeOperation({
        schema,
        document: document ?? documentOf(query),
        variableValues: variables ?? {},
        operationName: operationName ?? null,
      })
    },
    subscribe: () => {
      throw new Error(`${subgraph.name} has no subscriptions`)
    },
    close: async () => {},
  }
}
