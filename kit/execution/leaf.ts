import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  GraphQLString,
} from 'graphql'
import { inspect } from 'graphql/jsutils/inspect.js'

/** A leaf's value in the answer. @throws Error when it is none. */
export type Serialize = (value: unknown) => unknown

/**
 * The scalars of the specification take most of what resolvers give as it is; only what they do not is worth a call.
 */
export function serializerOf(type: GraphQLLeafType): Serialize {
  const slowly = checked(type)
  switch (type) {
    case GraphQLString:
    case GraphQLID:
      return (value) => (typeof value === 'string' ? value : slowly(value))
    case GraphQLBoolean:
      return (value) => (typeof value === 'boolean' ? value : slowly(value))
    case GraphQLInt:
      return (value) => (typeof value === 'number' && (value | 0) === value ? value : slowly(value))
    case GraphQLFloat:
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? value : slowly(value))
    default:
      return slowly
  }
}

const checked =
  (type: GraphQLLeafType): Serialize =>
  (value) => {
    const serialized: unknown = type.serialize(value)
    if (serialized == null) {
      throw new Error(
        `Expected \`${type.name}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialized)}`,
      )
    }
    return serialized
  }
