import {
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql'
import type { FieldPlan } from './plan.ts'

export type Path = GraphQLResolveInfo['path']

/** One execution of an operation: what does not change from field to field, and the errors so far. */
export interface Run {
  schema: GraphQLSchema
  operation: OperationDefinitionNode
  fragments: Record<string, FragmentDefinitionNode>
  variableValues: Record<string, unknown>
  contextValue: unknown
  rootValue: unknown
  errors: GraphQLError[]
  /** Where null stands because of an error; what fails below is not told any more. */
  nulled: Set<Path | undefined>
  /** Arguments are the same for every object of a list, so they are coerced once. */
  argumentsOf: Map<FieldPlan, Record<string, unknown>>
}

/** Records an error of `path`, unless something above already failed. */
export function addError(run: Run, error: GraphQLError, path: Path | undefined): void {
  for (let at = path; at !== undefined; at = at.prev) if (run.nulled.has(at)) return
  if (run.nulled.has(undefined)) return
  run.nulled.add(path)
  run.errors.push(error)
}

/** An error becomes null where null is allowed, and is the parent's where it is not. @throws the located error. */
export function failField(
  run: Run,
  { nodes }: FieldPlan,
  isNullable: boolean,
  path: Path,
  rawError: unknown,
): null {
  const error = locatedError(rawError, nodes, responsePathAsArray(path))
  if (!isNullable) throw error
  addError(run, error, path)
  return null
}

export const infoOf = (
  run: Run,
  { definition, nodes, parent }: FieldPlan,
  path: Path,
): GraphQLResolveInfo => ({
  fieldName: definition.name,
  fieldNodes: nodes,
  returnType: definition.type,
  parentType: parent,
  path,
  schema: run.schema,
  fragments: run.fragments,
  rootValue: run.rootValue,
  operation: run.operation,
  variableValues: run.variableValues,
})

export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
