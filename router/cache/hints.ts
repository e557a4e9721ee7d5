import { getDirectiveValues } from '@guildhall/kit/directives'
import { type GraphQLSchema, isInterfaceType, isObjectType, isUnionType } from 'graphql'
import { specName } from '../schema/spec-name.ts'

/** What `@cacheControl` says of a field or of whatever returns a type. */
export interface CacheHint {
  maxAge?: number
  scope?: CacheScope
  inheritMaxAge?: boolean
}

/** PUBLIC: the answer does not depend on who asks. */
export type CacheScope = 'PUBLIC' | 'PRIVATE'

/** `Type` and `Type.field` → its hint. */
export type CacheHints = ReadonlyMap<string, CacheHint>

/** Reads the hints of a supergraph, into which `@composeDirective` brings them. */
export function readCacheHints(supergraph: GraphQLSchema): CacheHints {
  const directive = specName(supergraph, 'cacheControl')
  const hints = new Map<string, CacheHint>()
  const note = (coordinate: string, node: Parameters<typeof getDirectiveValues>[0]) => {
    const values = getDirectiveValues(node, directive)
    if (values) hints.set(coordinate, hintOf(values))
  }
  for (const type of Object.values(supergraph.getTypeMap())) {
    const hasFields = isObjectType(type) || isInterfaceType(type)
    if (hasFields || isUnionType(type)) note(type.name, type.astNode)
    if (!hasFields) continue
    for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field.astNode)
  }
  return hints
}

const hintOf = ({ maxAge, scope, inheritMaxAge }: Record<string, unknown>): CacheHint => ({
  ...(typeof maxAge === 'number' ? { maxAge: Math.max(0, maxAge) } : {}),
  ...(scope === 'PUBLIC' || scope === 'PRIVATE' ? { scope } : {}),
  ...(inheritMaxAge === true ? { inheritMaxAge } : {}),
})
