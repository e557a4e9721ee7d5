import type { GraphQLDataSource } from '@apollo/gateway'
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'

/**
 * Sends each entity once. The gateway sends one representation per occurrence: a list of a hundred tasks of two people
 * would ask for a hundred people.
 */
export const dedupe = (source: GraphQLDataSource): GraphQLDataSource => ({
  async process(options) {
    const representations: unknown = options.request.variables?.representations
    if (!Array.isArray(representations) || representations.length < 2) return source.process(options)

    const { unique, positions } = distinct(representations)
    if (unique.length === representations.length) return source.process(options)
    const request = {
      ...options.request,
      variables: { ...options.request.variables, representations: unique },
    }
    return spread(await source.process({ ...options, request }), positions)
  },
})

/** Equal representations are equal as text: the gateway writes their keys in one order. */
function distinct(representations: readonly unknown[]) {
  const seen = new Map<string, number>()
  const unique: unknown[] = []
  const positions = representations.map((representation) => {
    const text = JSON.stringify(representation)
    const known = seen.get(text)
    if (known !== undefined) return known
    seen.set(text, unique.length)
    return unique.push(representation) - 1
  })
  return { unique, positions }
}

/** Gives every occurrence its entity and its errors. `positions[i]` is where occurrence `i` was sent. */
function spread(response: GatewayGraphQLResponse, positions: readonly number[]): GatewayGraphQLResponse {
  const { data, errors } = response
  const entities: unknown = data?._entities
  return {
    ...response,
    ...(Array.isArray(entities) ? { data: { ...data, _entities: copies(entities, positions) } } : {}),
    ...(errors ? { errors: errors.flatMap((error) => errorPerOccurrence(error, positions)) } : {}),
  }
}

/** The gateway merges later fetches into the objects: only the first occurrence may have the original. */
function copies(entities: readonly unknown[], positions: readonly number[]): unknown[] {
  const given = new Set<number>()
  return positions.map((position) => {
    if (given.has(position)) return cloneData(entities[position])
    given.add(position)
    return entities[position]
  })
}

/** `structuredClone` for what JSON can hold, at a fraction of the cost. */
function cloneData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(cloneData)
  const copy: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) copy[key] = cloneData(member)
  return copy
}

function errorPerOccurrence(
  error: GraphQLFormattedError,
  positions: readonly number[],
): GraphQLFormattedError[] {
  const [root, sent, ...rest] = error.path ?? []
  if (root !== '_entities' || typeof sent !== 'number') return [error]
  return positions.flatMap((position, occurrence) =>
    position === sent ? [withPath(error, ['_entities', occurrence, ...rest])] : [],
  )
}

/** In-process subgraphs give error objects, whose cause a plain copy would lose. */
const withPath = (error: GraphQLFormattedError, path: (string | number)[]): GraphQLFormattedError =>
  error instanceof GraphQLError
    ? (new GraphQLError(error.message, {
        path,
        extensions: error.extensions,
        originalError: error,
      }) as GraphQLFormattedError)
    : { ...error, path }
