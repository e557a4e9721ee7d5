import { GraphQLScalarType } from 'graphql'
import { GraphQLDateTimeISO } from 'graphql-scalars'

/**
 * RFC 3339 instants. Serialized to text already in the subgraph: in-process results are plain JSON like those that
 * come over HTTP, so the router can merge and copy them.
 */
export const DateTime = new GraphQLScalarType({ ...GraphQLDateTimeISO.toConfig(), name: 'DateTime' })

/** Resolvers of the scalars in `schema/common.graphql`. */
export const scalarResolvers = { DateTime }
