import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  OperationTypeNode,
} from 'graphql'
import { executeFields, executeSerially } from './fields.ts'
import { type CompiledOperation, compiledOperation } from './operation.ts'
import { addError, type Run } from './run.ts'

/** What graphql-js takes, but for resolvers of one's own for fields and types that have none. */
export interface OperationArgs {
  schema: GraphQLSchema
  document: DocumentNode
  operationName?: string | null | undefined
  variableValues?: Readonly<Record<string, unknown>> | null | undefined
  contextValue?: unknown
  rootValue?: unknown
}

/**
 * Executes a query or mutation with the answers, errors and order of graphql-js's `execute`, at a fraction of its cost:
 * what it finds out anew for every object (which fields, of which types, with which arguments) is worked out once per
 * document and remembered with it. So documents should be kept, not parsed for each request.
 */
export function executeOperation(args: OperationArgs): ExecutionResult | Promise<ExecutionResult> {
  const operation = compiledOperation(args.schema, args.document, args.operationName)
  if (operation instanceof GraphQLError) return { errors: [operation] }
  if (operation.isOdd) return execute(args) as ExecutionResult | Promise<ExecutionResult>
  const { definition, fragments } = operation
  const variables = getVariableValues(
    args.schema,
    definition.variableDefinitions ?? [],
    args.variableValues ?? {},
    { maxErrors: 50 },
  )
  if (variables.errors) return { errors: variables.errors }
  const run: Run = {
    schema: args.schema,
    operation: definition,
    fragments,
    variableValues: variables.coerced,
    contextValue: args.contextValue,
    rootValue: args.rootValue,
    errors: [],
    nulled: new Set(),
    argumentsOf: new Map(),
  }
  try {
    const data = executeRoot(run, operation)
    if (!(data instanceof Promise)) return response(run, data)
    return data.then(
      (later) => response(run, later),
      (error) => failed(run, error),
    )
  } catch (error) {
    return failed(run, error)
  }
}

function executeRoot(run: Run, operation: CompiledOperation): unknown {
  const fields = operation.rootFields(run)
  return run.operation.operation === OperationTypeNode.MUTATION
    ? executeSerially(run, fields, run.rootValue)
    : executeFields(run, fields, run.rootValue, undefined)
}

function failed(run: Run, error: unknown): ExecutionResult {
  addError(run, error as GraphQLError, undefined)
  return response(run, null)
}

const response = ({ errors }: Run, data: unknown): ExecutionResult =>
  (errors.length > 0 ? { errors, data } : { data }) as ExecutionResult
