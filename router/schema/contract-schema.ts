import {
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { type Kept, keptInterfaces, rebuildSchema } from './rebuild-schema.ts'
import type { TagIndex } from './tags.ts'

/**
 * The part of an API that one tag includes, by the rules that Apollo documents for contracts with an included tag and
 * hidden unreachable types: a field stays when it or its type is tagged, a union when it is; a type without fields, a
 * union without members and a field whose type is gone go as well; enums, scalars and inputs are never cut, and leave
 * when nothing leads to them.
 *
 * @returns null when no query is left: nobody can be served that.
 */
export function contractSchema(api: GraphQLSchema, tags: TagIndex, tag: string): GraphQLSchema | null {
  const fields = keptFields(api, tags, tag)
  if (!fields.has(api.getQueryType()?.name ?? '')) return null
  return rebuildSchema(api, { fields, reachable: reachableTypes(api, fields) })
}

function keptFields(api: GraphQLSchema, tags: TagIndex, tag: string): Map<string, Set<string>> {
  const isTagged = (coordinate: string) => tags.get(coordinate)?.has(tag) ?? false
  const fields = new Map<string, Set<string>>()
  const unions = new Set<string>()
  for (const type of Object.values(api.getTypeMap())) {
    if (isUnionType(type) && isTagged(type.name)) unions.add(type.name)
    if (!hasFields(type)) continue
    const names = Object.keys(type.getFields())
    const left = isTagged(type.name) ? names : names.filter((name) => isTagged(`${type.name}.${name}`))
    if (left.length > 0) fields.set(type.name, new Set(left))
  }
  const isGone = (type: GraphQLNamedType): boolean =>
    (hasFields(type) && !fields.has(type.name)) || (isUnionType(type) && !unions.has(type.name))

  // What goes may leave others empty: again until nothing more goes.
  for (let isStable = false; !isStable; ) {
    isStable = true
    for (const name of unions) {
      if (!membersOf(api, name).every(isGone)) continue
      unions.delete(name)
      isStable = false
    }
    for (const [name, left] of fields) {
      for (const field of left) {
        if (!isGone(fieldType(api, name, field))) continue
        left.delete(field)
        isStable = false
      }
      if (left.size === 0) fields.delete(name)
    }
  }
  return fields
}

function reachableTypes(api: GraphQLSchema, fields: Kept['fields']): Set<string> {
  const reached = new Set<string>()
  const open: GraphQLNamedType[] = []
  const reach = (type: GraphQLNamedType | null | undefined) => {
    if (!type || reached.has(type.name) || (hasFields(type) && !fields.has(type.name))) return
    reached.add(type.name)
    open.push(type)
  }
  for (const root of [api.getQueryType(), api.getMutationType(), api.getSubscriptionType()]) reach(root)
  for (const { args } of api.getDirectives()) for (const { type } of args) reach(getNamedType(type))
  for (let type = open.pop(); type; type = open.pop()) {
    if (isUnionType(type)) for (const member of type.getTypes()) reach(member)
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) reach(getNamedType(field.type))
    }
    if (!hasFields(type)) continue
    for (const implemented of keptInterfaces(type, fields)) reach(implemented)
    if (isInterfaceType(type)) {
      const { objects, interfaces } = api.getImplementations(type)
      for (const implementer of [...objects, ...interfaces]) {
        if (keptInterfaces(implementer, fields).includes(type)) reach(implementer)
      }
    }
    for (const field of Object.values(type.getFields())) {
      if (!fields.get(type.name)?.has(field.name)) continue
      reach(getNamedType(field.type))
      for (const { type: argument } of field.args) reach(getNamedType(argument))
    }
  }
  return reached
}

const hasFields = (type: GraphQLNamedType): type is GraphQLObjectType | GraphQLInterfaceType =>
  isObjectType(type) || isInterfaceType(type)

function membersOf(api: GraphQLSchema, union: string): readonly GraphQLObjectType[] {
  const type = api.getType(union)
  return isUnionType(type) ? type.getTypes() : []
}

function fieldType(api: GraphQLSchema, name: string, field: string): GraphQLNamedType {
  const type = api.getType(name)
  const definition = type && hasFields(type) ? type.getFields()[field] : undefined
  if (!definition) throw new Error(`there is no field ${name}.${field}`)
  return getNamedType(definition.type)
}
