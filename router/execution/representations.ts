import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { mergeData } from './merge-data.ts'
import { type Data, isData, isInherited, readOwn, writeOwn } from './own-keys.ts'
import type { Rewrite } from './rewrites.ts'
import { typeNamesUnder } from './type-names.ts'

/** What a fetch requires of the entities that it is about. */
export interface Requirement {
  /** The representation by which the subgraph knows an entity; null when it cannot be made of what is known. */
  represent(entity: Data): Data | null
  /** What tells entities of a type apart if it is a single field, as it mostly is. */
  keyOf(typeName: unknown): EntityKey | undefined
}

/** A field whose value tells entities apart; `space` tells such fields of different types apart. */
export interface EntityKey {
  field: string
  space: string
}

type Part =
  | { key: string; inherited: boolean; parts: readonly Part[] | undefined }
  | { types: ReadonlySet<string>; parts: readonly Part[] }

export function compileRequires(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrite: Rewrite | undefined,
): Requirement {
  const parts = compileParts(schema, requires)
  const keys = new Map<unknown, EntityKey | undefined>()
  return {
    represent(entity) {
      const representation = select(entity, parts)
      // Without a type no subgraph could tell what it is: the entity is none of those that the fetch is about.
      if (!representation?.__typename) return null
      rewrite?.(representation)
      return representation
    },
    keyOf(typeName) {
      if (rewrite || typeof typeName !== 'string') return undefined
      if (!keys.has(typeName)) keys.set(typeName, singleKey(typeName, parts))
      return keys.get(typeName)
    },
  }
}

function singleKey(typeName: string, parts: readonly Part[]): EntityKey | undefined {
  const [only, ...others] = parts.filter((part) => 'types' in part && part.types.has(typeName))
  if (others.length > 0 || parts.some((part) => 'key' in part)) return undefined
  const fields = (only?.parts ?? []).flatMap((part) => ('key' in part && !part.parts ? [part] : []))
  const keys = fields.filter(({ key }) => key !== '__typename')
  const [key] = keys
  if (!key || key.inherited || keys.length > 1 || fields.length !== 2) return undefined
  return fields.length === only?.parts?.length
    ? { field: key.key, space: `${typeName}.${key.key}` }
    : undefined
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
