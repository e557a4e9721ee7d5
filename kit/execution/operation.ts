import {
  assertValidSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql'
import { collectFields } from 'graphql/execution/collectFields.js'
import { type FieldPlan, planFields } from './plan.ts'
import type { Run } from './run.ts'

/** One operation of a document, and what is known of executing it. */
export interface CompiledOperation {
  definition: OperationDefinitionNode
  fragments: Record<string, FragmentDefinitionNode>
  /** It wants a name in its answer that a plain object cannot hold: `__proto__`. */
  isOdd: boolean
  /** The plan for these variables. @throws GraphQLError when the schema has no such root or a directive is broken. */
  rootFields(run: Run): FieldPlan[]
}

/** Plans per operation at most: there is one for each choice of `@skip` and `@include` that clients make. */
const plansMax = 64

const compiled = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, Map<string | null, CompiledOperation>>>()

/** The operation that is asked for; a GraphQLError, in the words of graphql-js, when there is none. */
export function compiledOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): CompiledOperation | GraphQLError {
  let documents = compiled.get(schema)
  if (!documents) {
    assertValidSchema(schema)
    documents = new WeakMap()
    compiled.set(schema, documents)
  }
  let operations = documents.get(document)
  if (!operations) {
    operations = new Map()
    documents.set(document, operations)
  }
  const key = operationName ?? null
  const hit = operations.get(key)
  if (hit) return hit
  const definition = operationOf(document, operationName)
  if (definition instanceof GraphQLError) return definition
  const fresh = compile(definition, fragmentsOf(document))
  operations.set(key, fresh)
  return fresh
}

function compile(
  definition: OperationDefinitionNode,
  fragments: Record<string, FragmentDefinitionNode>,
): CompiledOperation {
  const { deciding, isOdd } = traits([definition, ...Object.values(fragments)])
  const plans = new Map<string, FieldPlan[]>()
  return {
    definition,
    fragments,
    isOdd,
    rootFields({ schema, variableValues }) {
      const choice = deciding.map((name) => JSON.stringify(variableValues[name]) ?? '').join()
      const hit = plans.get(choice)
      if (hit) return hit
      const rootType = schema.getRootType(definition.operation)
      if (!rootType) {
        throw new GraphQLError(`Schema is not configured to execute ${definition.operation} operation.`, {
          nodes: definition,
        })
      }
      const collected = collectFields(schema, fragments, variableValues, rootType, definition.selectionSet)
      const fresh = planFields({ schema, fragments, variableValues }, rootType, collected)
      if (plans.size >= plansMax) plans.clear()
      plans.set(choice, fresh)
      return fresh
    },
  }
}

function traits(definitions: (OperationDefinitionNode | FragmentDefinitionNode)[]) {
  const deciding = new Set<string>()
  let isOdd = false
  for (const definition of definitions) {
    visit(definition, {
      Field: ({ alias }) => {
        if (alias?.value === '__proto__') isOdd = true
      },
      Directive: ({ name, arguments: given = [] }) => {
        if (name.value !== 'skip' && name.value !== 'include') return
        for (const { value } of given) if (value.kind === Kind.VARIABLE) deciding.add(value.name.value)
      },
    })
  }
  return { deciding: [...deciding], isOdd }
}

function operationOf(
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode | GraphQLError {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (operationName != null) {
    return (
      operations.findLast(({ name }) => name?.value === operationName) ??
      new GraphQLError(`Unknown operation named "${operationName}".`)
    )
  }
  if (operations.length > 1) {
    return new GraphQLError('Must provide operation name if query contains multiple operations.')
  }
  return operations[0] ?? new GraphQLError('Must provide an operation.')
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition
  }
  return fragments
}
