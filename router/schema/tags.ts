import { getAllDirectiveValues } from '@guildhall/kit/directives'
import { type GraphQLSchema, isInterfaceType, isObjectType, isUnionType } from 'graphql'
import { specName } from './spec-name.ts'

/** `Type` and `Type.field` → the names of its `@tag`s. */
export type TagIndex = ReadonlyMap<string, ReadonlySet<string>>

/** Reads what contracts go by: the tags of types with fields, of their fields, and of unions. */
export function readTags(supergraph: GraphQLSchema): TagIndex {
  const directive = specName(supergraph, 'tag')
  const index = new Map<string, ReadonlySet<string>>()
  const note = (coordinate: string, nodes: Parameters<typeof getAllDirectiveValues>[0]) => {
    const names = getAllDirectiveValues(nodes, directive).map(({ name }) => String(name))
    if (names.length > 0) index.set(coordinate, new Set(names))
  }
  for (const type of Object.values(supergraph.getTypeMap())) {
    const hasFields = isObjectType(type) || isInterfaceType(type)
    if (!hasFields && !isUnionType(type)) continue
    note(type.name, [type.astNode, ...type.extensionASTNodes])
    if (!hasFields) continue
    for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, [field.astNode])
  }
  return index
}
