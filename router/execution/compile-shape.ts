import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { type CollectedField, collectFields, type ShapeSource, type WrittenSet } from './collect-fields.ts'
import type { ConditionValues } from './conditions.ts'
import { introspection } from './introspection.ts'
import { leafCheck } from './leaf-values.ts'
import { isInherited } from './own-keys.ts'
import { plannedName, type Renamed } from './plannable.ts'
import {
  type Complete,
  completeLeaf,
  completeList,
  completeObject,
  type FieldShape,
  type ObjectShape,
} from './shape.ts'

export interface ShapeInput {
  /** The API as the client sees it. */
  schema: GraphQLSchema
  document: DocumentNode
  operation: OperationDefinitionNode
  values: ConditionValues
  renamed: Renamed
}

/** The shape of the answer to an operation as the client wrote it. Objects of each type are prepared when first met. */
export function compileShape(input: ShapeInput): ObjectShape {
  const { schema, document, operation, values, renamed } = input
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const source: ShapeSource = { schema, fragments, values }

  const objectShape = (
    type: GraphQLCompositeType,
    written: readonly WrittenSet[],
    path: string,
  ): ObjectShape => ({
    typeName: type.name,
    isObject: isObjectType(type),
    fields: [...collectFields(source, type, written)].map(([key, field]) =>
      fieldShape(type, key, field, path),
    ),
  })

  const fieldShape = (
    type: GraphQLCompositeType,
    key: string,
    { parent, nodes }: CollectedField,
    path: string,
  ): FieldShape => {
    const [first] = nodes
    const name = first?.name.value ?? ''
    const source = first ? plannedName(first, renamed) : key
    const coordinate = `${type.name}.${name}`
    const common = {
      key,
      source,
      inherited: isInherited(key),
      coordinate,
      isTypename: name === '__typename',
      parent: path,
    }
    const unanswered = {
      ...common,
      nonNull: true,
      complete: () => undefined,
      introspect: undefined,
    }
    if (name === '__typename') return unanswered
    if (name === '__schema' || name === '__type') {
      return { ...unanswered, introspect: introspection(input, nodes) }
    }
    // What the type itself promises; an interface may promise less.
    const definition = fieldsOf(type)[name] ?? fieldsOf(parent)[name]
    if (!definition) throw new Error(`the schema has no field ${coordinate}`)
    const named = getNamedType(definition.type)
    const written = isCompositeType(named)
      ? nodes.flatMap(({ selectionSet }) => (selectionSet ? [{ parent: named, set: selectionSet }] : []))
      : []
    const here = path === '' ? source : `${path}.${source}`
    return {
      ...common,
      nonNull: isNonNullType(definition.type),
      complete: completeType(definition.type, written, here, coordinate),
      introspect: undefined,
    }
  }

  const completeType = (
    type: GraphQLOutputType,
    written: readonly WrittenSet[],
    path: string,
    coordinate: string,
  ): Complete => {
    if (isNonNullType(type)) return completeType(type.ofType, written, path, coordinate)
    if (isListType(type)) {
      const item = completeType(type.ofType, written, `${path}.@`, coordinate)
      return completeList(item, isNonNullType(type.ofType), coordinate)
    }
    if (isLeafType(type)) return completeLeaf(leafCheck(type), coordinate)
    const shapes = new Map<string, ObjectShape | undefined>()
    const shapeOf = (typeName = type.name): ObjectShape | undefined => {
      const known = shapes.get(typeName)
      if (known) return known
      const found = schema.getType(typeName)
      if (!isCompositeType(found)) return undefined
      const shape = objectShape(found, written, path)
      shapes.set(typeName, shape)
      return shape
    }
    return completeObject(shapeOf, coordinate)
  }

  const root = schema.getRootType(operation.operation)
  if (!root) throw new Error(`the schema has no root type for a ${operation.operation}`)
  return objectShape(root, [{ parent: root, set: operation.selectionSet }], '')
}

const fieldsOf = (type: GraphQLCompositeType) => (isUnionType(type) ? {} : type.getFields())
