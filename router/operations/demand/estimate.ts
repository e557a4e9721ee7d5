import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'
import { fragmentsOf } from '../selections.ts'
import type { CostIndex } from './cost-index.ts'
import { argumentCost } from './input-cost.ts'
import { lengthOf, type Slice, sliceOf } from './list-length.ts'
import { product, sum, type Term } from './term.ts'

/** What is known of the cost of an operation before its variables are. */
export interface Estimate {
  readonly cost: Term
  readonly slices: readonly Slice[]
}

interface Scope {
  schema: GraphQLSchema
  index: CostIndex
  /** Length of lists that nothing is said of. */
  listSize: number
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  slices: Slice[]
}

/** The lists of an answer whose length stands at the field around it. */
interface Sized {
  fields: readonly string[]
  length: Term
}

const mutationCost = 10
const objectCost = 1

/**
 * Estimates what an operation costs at most, as Apollo Router's `static_estimated` does: a mutation 10, each object 1,
 * scalars nothing, `@cost` instead where it stands, and all of it times the length of the lists around it.
 *
 * Of the operation, not of the fetches of its plan: what a client pays does not depend on how the graph is cut, and what
 * is too dear is not even planned. Only for valid documents whose expansion is bounded.
 */
export function estimate(
  schema: GraphQLSchema,
  index: CostIndex,
  listSize: number,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Estimate {
  const scope: Scope = { schema, index, listSize, fragments: fragmentsOf(document), slices: [] }
  const root = schema.getRootType(operation.operation)
  const base = operation.operation === OperationTypeNode.MUTATION ? mutationCost : 0
  const selections = root ? setCost(scope, root, operation.selectionSet, undefined) : 0
  return { cost: sum([base, selections]), slices: scope.slices }
}

function setCost(
  scope: Scope,
  type: GraphQLNamedType,
  set: SelectionSetNode,
  sized: Sized | undefined,
): Term {
  return sum(
    set.selections.map((selection) => {
      const included = inclusion(selection.directives)
      if (included === 0) return 0
      if (selection.kind === Kind.FIELD) return product(included, fieldCost(scope, type, selection, sized))
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : scope.fragments.get(selection.name.value)
      if (!fragment) return 0
      const condition = fragment.typeCondition?.name.value
      const inner = (condition && scope.schema.getType(condition)) || type
      return product(included, setCost(scope, inner, fragment.selectionSet, sized))
    }),
  )
}

function fieldCost(scope: Scope, parent: GraphQLNamedType, node: FieldNode, sized: Sized | undefined): Term {
  const name = node.name.value
  // Introspection is answered from memory.
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined
  if (!field) return 0

  const { index } = scope
  const coordinate = `${parent.name}.${name}`
  const size = index.listSizes.get(coordinate)
  const slice = size && sliceOf(size, field, node.arguments ?? [])
  if (slice) scope.slices.push(slice)
  const length = lengthOf(size, slice, scope.listSize)

  const type = getNamedType(field.type)
  const own =
    index.weights.get(coordinate) ?? index.weights.get(type.name) ?? (isCompositeType(type) ? objectCost : 0)
  const inner = node.selectionSet
    ? setCost(scope, type, node.selectionSet, size && { fields: size.sizedFields, length })
    : 0
  const times = isListType(getNullableType(field.type))
    ? sized?.fields.includes(name)
      ? sized.length
      : length
    : 1
  const given = (node.arguments ?? []).map((argument) => {
    const definition = field.args.find((known) => known.name === argument.name.value)
    if (!definition) return 0
    return argumentCost(index, `${coordinate}(${definition.name}:)`, definition, argument)
  })
  return sum([product(times, sum([own, inner])), ...given])
}

/** 1, 0, or which of them the variables say. */
function inclusion(directives: readonly DirectiveNode[] | undefined): Term {
  let included: Term = 1
  for (const { name, arguments: args } of directives ?? []) {
    if (name.value !== 'skip' && name.value !== 'include') continue
    const wanted = name.value === 'include'
    const value = args?.find((argument) => argument.name.value === 'if')?.value
    if (value?.kind === Kind.BOOLEAN) included = product(included, value.value === wanted ? 1 : 0)
    if (value?.kind === Kind.VARIABLE) {
      const variable = value.name.value
      included = product(included, (variables) => (variables[variable] === !wanted ? 0 : 1))
    }
  }
  return included
}
