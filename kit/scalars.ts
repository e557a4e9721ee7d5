import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { GraphQLDateTimeISO } from 'graphql-scalars'
import { isoOf } from './instants.ts'

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
    value instanceof Date && !Number.isNaN(value.getTime()) ? isoOf(value) : config.serialize(value),
})

/** Text all the way: a number of JavaScript cannot hold what a ledger must not round. */
export const Decimal = textual('Decimal', /^-?\d{1,18}(\.\d{1,9})?$/, 'a decimal number such as "12.50"')

export const CurrencyCode = textual('CurrencyCode', /^[A-Z]{3}$/, 'a currency such as "EUR"')

/** Resolvers of the scalars in `schema/common.graphql`. */
export const scalarResolvers = { DateTime, Decimal, CurrencyCode }

function textual(name: string, shape: RegExp, what: string): GraphQLScalarType<string, string> {
  const read = (value: unknown): string => {
    const text = typeof value === 'string' || Number.isSafeInteger(value) ? String(value) : ''
    if (shape.test(text)) return text
    throw new GraphQLError(`${name} must be ${what}.`)
  }
  return new GraphQLScalarType<string, string>({
    name,
    serialize: read,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : null),
  })
}
