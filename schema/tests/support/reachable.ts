import {
  buildSchema,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql'

/** `Query.event` and so on: every root field of a schema. */
export function coordinatesOf(sdl: string): string[] {
  const schema = buildSchema(sdl)
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`),
  )
}

/** Types that no root field leads to. */
export function unreachable(sdl: string): string[] {
  const schema = buildSchema(sdl)
  const reached = new Set<GraphQLNamedType>()
  const visit = (type: GraphQLNamedType | null | undefined): void => {
    if (!type || reached.has(type)) return
    reached.add(type)
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) visit(possible)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) visit(getNamedType(field.type))
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const implemented of type.getInterfaces()) visit(implemented)
      for (const field of Object.values(type.getFields())) {
        visit(getNamedType(field.type))
        for (const argument of field.args) visit(getNamedType(argument.type))
      }
    }
  }
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    visit(root)
  return Object.values(schema.getTypeMap())
    .filter((type) => !reached.has(type) && !type.name.startsWith('__') && !isSpecifiedScalarType(type))
    .map(({ name }) => name)
}
