import type { BenchSubgraph, TypeResolvers } from '../../../bench/supergraph/subgraph.ts'

/** One request and the whole of its answer. */
export interface Ask {
  query: string
  variables?: Record<string, unknown>
  data: unknown
  /** Paths of the errors, in any order; none by default. */
  errors?: readonly (readonly (string | number)[])[]
}

/** What a supergraph of some subgraphs has to answer. */
export interface SemanticsCase {
  title: string
  subgraphs: readonly BenchSubgraph[]
  asks: readonly Ask[]
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external",
  "@requires", "@provides", "@shareable", "@override", "@inaccessible", "@interfaceObject"])`

/** A subgraph of a case. */
export const subgraph = (
  name: string,
  typeDefs: string,
  resolvers: Readonly<Record<string, TypeResolvers>> = {},
): BenchSubgraph => ({ name, typeDefs: `${link}\n${typeDefs}`, resolvers })
