import { GraphQLError, type GraphQLObjectType, type GraphQLResolveInfo } from 'graphql'
import { inspect } from 'graphql/jsutils/inspect.js'
import type { Complete, SelectionOf } from './complete.ts'
import { executeFields } from './fields.ts'
import type { FieldPlan } from './plan.ts'
import { isPromise } from './run.ts'

/** An object: the fields that the operation selects of its type. */
export function objectCompleter(
  plan: FieldPlan,
  type: GraphQLObjectType,
  selectionOf: SelectionOf,
): Complete {
  const { isTypeOf } = type
  if (!isTypeOf) return (run, value, path) => executeFields(run, selectionOf(type), value, path)
  return (run, value, path, info) => {
    const fields = selectionOf(type)
    const proceed = (isOfType: boolean): unknown => {
      if (isOfType) return executeFields(run, fields, value, path)
      throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, {
        nodes: plan.nodes,
      })
    }
    const isOfType = isTypeOf(value, run.contextValue, info as GraphQLResolveInfo)
    return isPromise(isOfType) ? Promise.resolve(isOfType).then(proceed) : proceed(isOfType)
  }
}
