import {
  type GraphQLFieldConfig,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  GraphQLUnionType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'

/** Types that a contract still has, by name; those with fields, with the fields that are left. */
export interface Kept {
  fields: ReadonlyMap<string, ReadonlySet<string>>
  /** Every type that can be reached from the root types. */
  reachable: ReadonlySet<string>
}

/**
 * A schema of what was kept of another. Types without fields of their own in it (scalars, enums, inputs) are shared with
 * the original: they refer to nothing that could have gone.
 */
export function rebuildSchema(api: GraphQLSchema, { fields, reachable }: Kept): GraphQLSchema {
  const made = new Map<string, GraphQLNamedType>()
  const typeOf = <Type extends GraphQLNamedType>(original: Type): Type => {
    const known = made.get(original.name)
    if (known) return known as Type
    const type = rebuild(original)
    made.set(original.name, type)
    return type as Type
  }
  const outputOf = (type: GraphQLOutputType): GraphQLOutputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(outputOf(type.ofType))
    if (isListType(type)) return new GraphQLList(outputOf(type.ofType))
    return typeOf(type)
  }
  const fieldsOf = (type: GraphQLObjectType | GraphQLInterfaceType) => {
    const left = fields.get(type.name)
    const entries = Object.entries(type.toConfig().fields).filter(([name]) => left?.has(name))
    return Object.fromEntries(
      entries.map(([name, field]): [string, GraphQLFieldConfig<unknown, unknown>] => [
        name,
        { ...field, type: outputOf(field.type) },
      ]),
    )
  }
  const interfacesOf = (type: GraphQLObjectType | GraphQLInterfaceType) =>
    keptInterfaces(type, fields).map(typeOf)

  const rebuild = (type: GraphQLNamedType): GraphQLNamedType => {
    if (isObjectType(type)) {
      const config = {
        ...type.toConfig(),
        fields: () => fieldsOf(type),
        interfaces: () => interfacesOf(type),
      }
      return new GraphQLObjectType(config)
    }
    if (isInterfaceType(type)) {
      const config = {
        ...type.toConfig(),
        fields: () => fieldsOf(type),
        interfaces: () => interfacesOf(type),
      }
      return new GraphQLInterfaceType(config)
    }
    if (isUnionType(type)) {
      const members = type.getTypes().filter(({ name }) => fields.has(name))
      return new GraphQLUnionType({ ...type.toConfig(), types: () => members.map(typeOf) })
    }
    return type
  }

  const root = (type: GraphQLObjectType | null | undefined) =>
    type && fields.has(type.name) ? typeOf(type) : null
  const { description, directives, extensions } = api.toConfig()
  return new GraphQLSchema({
    description,
    directives,
    extensions,
    query: root(api.getQueryType()),
    mutation: root(api.getMutationType()),
    subscription: root(api.getSubscriptionType()),
    types: Object.values(api.getTypeMap())
      .filter(({ name }) => reachable.has(name))
      .map(typeOf),
    assumeValid: true,
  })
}

/** A type that has lost a field of an interface no longer implements it. */
export const keptInterfaces = (
  type: GraphQLObjectType | GraphQLInterfaceType,
  fields: Kept['fields'],
): GraphQLInterfaceType[] =>
  type.getInterfaces().filter(({ name }) => {
    const promised = fields.get(name)
    return promised && [...promised].every((field) => fields.get(type.name)?.has(field))
  })
