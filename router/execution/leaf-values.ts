import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  GraphQLString,
  isEnumType,
  isSpecifiedScalarType,
} from 'graphql'

/** Whether a value may stand in an answer for a leaf type. */
export type LeafCheck = (value: unknown) => boolean

/** Larger numbers are written with an exponent, which is no integer to GraphQL. */
const isWhole = (value: unknown): boolean => Number.isInteger(value) && Math.abs(value as number) < 1e21
const isText = (value: unknown): boolean => typeof value === 'string'

const builtIn: Readonly<Record<string, LeafCheck>> = {
  [GraphQLString.name]: isText,
  [GraphQLID.name]: (value) => typeof value === 'string' || isWhole(value),
  [GraphQLInt.name]: isWhole,
  [GraphQLFloat.name]: (value) => Number.isFinite(value),
  [GraphQLBoolean.name]: (value) => typeof value === 'boolean',
}

/**
 * What the type itself allows. Subgraphs have serialized their values; custom scalars may be anything. Values of an enum
 * that the API does not show are none of it.
 */
export function leafCheck(type: GraphQLLeafType): LeafCheck | undefined {
  if (isEnumType(type)) {
    const names = new Set(type.getValues().map(({ name }) => name))
    return (value) => typeof value === 'string' && names.has(value)
  }
  return isSpecifiedScalarType(type) ? builtIn[type.name] : undefined
}
