import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  isObjectType,
} from 'graphql'
import { inspect } from 'graphql/jsutils/inspect.js'
import type { Complete, SelectionOf } from './complete.ts'
import { objectCompleter } from './object.ts'
import type { FieldPlan } from './plan.ts'
import { isPromise, type Run } from './run.ts'

/** A value of an interface or a union: its object type is found, then it is completed as one of that type. */
export function abstractCompleter(
  plan: FieldPlan,
  type: GraphQLAbstractType,
  selectionOf: SelectionOf,
): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver
  const completers = new Map<GraphQLObjectType, Complete>()
  const completerFor = (runtimeType: GraphQLObjectType): Complete => {
    const hit = completers.get(runtimeType)
    if (hit) return hit
    const fresh = objectCompleter(plan, runtimeType, selectionOf)
    completers.set(runtimeType, fresh)
    return fresh
  }
  return (run, value, path, info) => {
    const proceed = (name: unknown) =>
      completerFor(objectTypeOf(run, plan, type, name, value))(run, value, path, info)
    const name = resolveType(value, run.contextValue, info as GraphQLResolveInfo, type)
    return isPromise(name) ? Promise.resolve(name).then(proceed) : proceed(name)
  }
}

/** @throws GraphQLError, in the words of graphql-js, when the name is not that of a possible type. */
function objectTypeOf(
  { schema }: Run,
  { nodes, parent, name: fieldName }: FieldPlan,
  type: GraphQLAbstractType,
  name: unknown,
  value: unknown,
): GraphQLObjectType {
  if (name == null) {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${parent.name}.${fieldName}". Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    )
  }
  if (typeof name !== 'string') {
    throw new GraphQLError(
      isObjectType(name)
        ? 'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.'
        : `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${parent.name}.${fieldName}" with value ${inspect(value)}, received "${inspect(name)}".`,
    )
  }
  const found = schema.getType(name)
  if (!found) {
    throw new GraphQLError(
      `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    )
  }
  if (!isObjectType(found)) {
    throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`, {
      nodes,
    })
  }
  if (!schema.isSubType(type, found)) {
    throw new GraphQLError(`Runtime Object type "${name}" is not a possible type for "${type.name}".`, {
      nodes,
    })
  }
  return found
}
