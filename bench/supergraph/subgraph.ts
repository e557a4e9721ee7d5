import { buildSubgraphSchema } from '@apollo/subgraph'
import { type GraphQLSchema, parse } from 'graphql'

/** What a resolver of these subgraphs is given; none of them needs a context. */
export type Fields = Readonly<Record<string, unknown>>
export type FieldResolver = (source: Fields, args: Fields) => unknown
export type TypeResolvers = Readonly<Record<string, FieldResolver>>

/** A federation 2 subgraph of the benchmark, not yet executable. */
export interface BenchSubgraph {
  name: string
  typeDefs: string
  resolvers: Readonly<Record<string, TypeResolvers>>
}

export const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@provides", "@shareable"])`

/** Executable as Apollo's documentation does it. */
export const executable = ({ typeDefs, resolvers }: BenchSubgraph): GraphQLSchema =>
  buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }])

/** A promise of what `work` gives or throws: later than anything that is known at once. */
export const later = async <Value>(work: () => Value): Promise<Value> => work()
