import { type GraphQLSchema, isAbstractType, isInterfaceType } from 'graphql'

/** The names that an object's `__typename` may have to match a type condition: the type and all below it. */
export function typeNamesUnder(schema: GraphQLSchema, condition: string): ReadonlySet<string> {
  const names = new Set([condition])
  const type = schema.getType(condition)
  if (!isAbstractType(type)) return names
  for (const { name } of schema.getPossibleTypes(type)) names.add(name)
  if (isInterfaceType(type))
    for (const { name } of schema.getImplementations(type).interfaces) names.add(name)
  return names
}
