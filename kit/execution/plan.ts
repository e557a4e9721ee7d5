import {
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import { collectSubfields } from 'graphql/execution/collectFields.js'
import { type Complete, completerOf } from './complete.ts'

/** What executing one field of a selection takes, worked out once per operation instead of once per object. */
export interface FieldPlan {
  /** Name in the answer. */
  key: string
  name: string
  parent: GraphQLObjectType
  definition: GraphQLField<unknown, unknown>
  nodes: readonly FieldNode[]
  /** Null: the value is the property of that name. */
  resolve: GraphQLFieldResolver<unknown, unknown> | null
  hasArguments: boolean
  isNullable: boolean
  /** A leaf has no fields below it, so nobody asks for its path. */
  isLeaf: boolean
  /** Whether telling its type takes what resolvers are told. */
  needsInfo: boolean
  complete: Complete
}

/** What a selection means for one object type, for one choice of `@skip` and `@include`. */
export interface SelectionScope {
  schema: GraphQLSchema
  fragments: Record<string, FragmentDefinitionNode>
  variableValues: Record<string, unknown>
}

/** Plans the fields that graphql-js collected for an object type. */
export function planFields(
  scope: SelectionScope,
  parent: GraphQLObjectType,
  collected: ReadonlyMap<string, readonly FieldNode[]>,
): FieldPlan[] {
  const plans: FieldPlan[] = []
  for (const [key, nodes] of collected) {
    const [first] = nodes
    const definition = first && definitionOf(scope.schema, parent, first.name.value)
    // Like graphql-js: what validation would have refused is left out.
    if (definition) plans.push(planField(scope, { key, nodes, parent, definition }))
  }
  return plans
}

function planField(
  scope: SelectionScope,
  known: Pick<FieldPlan, 'key' | 'nodes' | 'parent' | 'definition'>,
): FieldPlan {
  const { definition, nodes } = known
  const named = getNamedType(definition.type)
  const selections = new Map<GraphQLObjectType, FieldPlan[]>()
  const selectionOf = (type: GraphQLObjectType): FieldPlan[] => {
    const hit = selections.get(type)
    if (hit) return hit
    const { schema, fragments, variableValues } = scope
    const fresh = planFields(scope, type, collectSubfields(schema, fragments, variableValues, type, nodes))
    selections.set(type, fresh)
    return fresh
  }
  const plan: FieldPlan = {
    ...known,
    name: definition.name,
    resolve: definition.resolve && definition.resolve !== defaultFieldResolver ? definition.resolve : null,
    hasArguments: definition.args.length > 0,
    isNullable: !isNonNullType(definition.type),
    isLeaf:
      isLeafType(definition.type) || (isNonNullType(definition.type) && isLeafType(definition.type.ofType)),
    needsInfo: isAbstractType(named) || (isObjectType(named) && named.isTypeOf !== undefined),
    complete: () => null,
  }
  plan.complete = completerOf(plan, definition.type, selectionOf)
  return plan
}

function definitionOf(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  }
  return parent.getFields()[name]
}
