import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { type ConditionValues, isIncluded } from './conditions.ts'

/** The operation of a client, and what of it is asked for in this case. */
export interface ShapeSource {
  schema: GraphQLSchema
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  values: ConditionValues
}

/** A selection set and the type in whose place it stands. */
export interface WrittenSet {
  parent: GraphQLCompositeType
  set: SelectionSetNode
}

/** A field as it was written, possibly several times. */
export interface CollectedField {
  /** Where it stood first. */
  parent: GraphQLCompositeType
  nodes: FieldNode[]
}

/** The fields of an object of a type by their names in the answer, in the order of the answer. */
export function collectFields(
  source: ShapeSource,
  type: GraphQLCompositeType,
  written: readonly WrittenSet[],
): Map<string, CollectedField> {
  const fields = new Map<string, CollectedField>()
  const seen = new Set<string>()
  const collect = ({ parent, set }: WrittenSet) => {
    for (const selection of set.selections) {
      if (!isIncluded(selection, source.values)) continue
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value
        const field = fields.get(key) ?? { parent, nodes: [] }
        fields.set(key, field)
        field.nodes.push(selection)
        continue
      }
      const spread = selection.kind === Kind.FRAGMENT_SPREAD
      if (spread && seen.has(selection.name.value)) continue
      const fragment = spread ? source.fragments.get(selection.name.value) : selection
      if (!fragment) continue
      if (spread) seen.add(selection.name.value)
      const condition = fragment.typeCondition?.name.value
      const inner = condition === undefined ? parent : source.schema.getType(condition)
      if (isCompositeType(inner) && isUnder(source.schema, inner, type)) {
        collect({ parent: inner, set: fragment.selectionSet })
      }
    }
  }
  for (const one of written) collect(one)
  return fields
}

const isUnder = (
  schema: GraphQLSchema,
  condition: GraphQLCompositeType,
  type: GraphQLCompositeType,
): boolean =>
  condition === type || (isAbstractType(condition) && !isUnionType(type) && schema.isSubType(condition, type))
