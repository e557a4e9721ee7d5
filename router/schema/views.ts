import type { GraphQLSchema } from 'graphql'
import { contractSchema } from './contract-schema.ts'
import type { GatewaySnapshot } from './gateway.ts'
import type { SchemaState } from './schema-state.ts'
import { readTags } from './tags.ts'

/** The view that shows everything; all others are named after the tag that includes. */
export const wholeApi = ''

/**
 * What clients of one path may see and ask of a generation of the supergraph: all of it, or a contract. An operation
 * that is valid in a view is valid in the whole, so planning knows no views; validation, variables, introspection and the
 * shape of answers go by the view.
 */
export interface SchemaView {
  readonly name: string
  /** Answers are shaped by it too: an object whose type is not in it is null. */
  readonly schema: GraphQLSchema
  readonly state: SchemaState
}

/** The views of one generation; each is made when first asked for. */
export interface SchemaViews {
  /** Undefined: there is no such view. */
  get(name: string): SchemaView | undefined
}

export interface ViewOptions {
  /** The whole. */
  snapshot: GatewaySnapshot
  /** The tags that have a view. */
  contracts: readonly string[]
  state(): SchemaState
}

export function createViews(options: ViewOptions): SchemaViews {
  const { snapshot, contracts } = options
  const views = new Map<string, SchemaView | undefined>()
  const make = (name: string): SchemaView | undefined => {
    if (name === wholeApi) return view(name, snapshot.schema)
    const schema = contractSchema(snapshot.schema, readTags(snapshot.supergraphSchema), name)
    return schema ? view(name, schema) : undefined
  }
  const view = (name: string, schema: GraphQLSchema): SchemaView => ({
    name,
    schema,
    state: options.state(),
  })
  return {
    get(name) {
      if (name !== wholeApi && !contracts.includes(name)) return undefined
      if (!views.has(name)) views.set(name, make(name))
      return views.get(name)
    },
  }
}
