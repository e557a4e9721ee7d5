import { GraphQLScalarType } from 'graphql'
import { GraphQLDateTimeISO } from 'graphql-scalars'

const config = GraphQLDateTimeISO.toConfig()

/**
 * RFC 3339 instants. Serialized to text already in the subgraph: in-process results are plain JSON like those that
 * come over HTTP, so the router can merge and copy them.
 */
export const DateTime = new GraphQLScalarType({
  ...config,
  name: 'DateTime',
  // Nearly all are dates of rows, and valid; whatever else there is, the library judges.
  serialize: (value) =>
    value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : config.serialize(value),
})

/** Resolvers of the scalars in `schema/common.graphql`. */
export const scalarResolvers = { DateTime }
