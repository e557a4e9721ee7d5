import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { mergeData } from './merge-data.ts'
import { type Data, isData, isInherited, readOwn, writeOwn } from './own-keys.ts'
import type { Rewrite } from './rewrites.ts'
import { typeNamesUnder } from './type-names.ts'

/** Makes the representation by which a subgraph knows an entity; null when it cannot be made of what is known. */
export type Represent = (entity: Data) => Data | null

type Part =
  | { key: string; inherited: boolean; parts: readonly Part[] | undefined }
  | { types: ReadonlySet<string>; parts: readonly Part[] }

/** What a fetch requires of each entity, as a function. */
export function compileRequires(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrite: Rewrite | undefined,
): Represent {
  const parts = compileParts(schema, requires)
  return (entity) => {
    const representation = select(entity, parts)
    // Without a type no subgraph could tell what it is: the entity is none of those that the fetch is about.
    if (!representation?.__typename) return null
    rewrite?.(representation)
    return representation
  }
}

function compileParts(schema: GraphQLSchema, nodes: readonly QueryPlanSelectionNode[]): Part[] {
  return nodes.flatMap((node): Part[] => {
    if (node.kind === 'Field') {
      const key = node.alias ?? node.name
      const parts = node.selections && compileParts(schema, node.selections)
      return [{ key, inherited: isInherited(key), parts }]
    }
    if (!node.typeCondition) return []
    const types = typeNamesUnder(schema, node.typeCondition)
    return [{ types, parts: compileParts(schema, node.selections) }]
  })
}

function select(from: Data, parts: readonly Part[]): Data | null {
  const selected: Data = {}
  for (const part of parts) {
    if ('types' in part) {
      const name = from.__typename
      if (typeof name !== 'string' || !part.types.has(name)) continue
      const more = select(from, part.parts)
      if (more) mergeData(selected, more)
      continue
    }
    const { key, inherited } = part
    const value = inherited ? readOwn(from, key) : from[key]
    if (value === undefined) return null
    const chosen = part.parts ? selectInside(value, part.parts) : value
    if (inherited) writeOwn(selected, key, chosen)
    else selected[key] = chosen
  }
  return selected
}

function selectInside(value: unknown, parts: readonly Part[]): unknown {
  if (Array.isArray(value)) return value.map((item) => selectInside(item, parts))
  return isData(value) ? select(value, parts) : null
}
