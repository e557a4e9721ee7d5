import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
} from 'graphql'
import type { BenchSubgraph } from '../supergraph/subgraph.ts'

/**
 * The subgraphs' schemas as the first version of federation wrote them: the first subgraph with an entity owns it, the
 * others extend it. An interface of several subgraphs, which that version did not have, stays with the first of them.
 */
export function federation1(subgraphs: readonly BenchSubgraph[]): Record<string, string> {
  const owned = new Set<string>()
  return Object.fromEntries(
    subgraphs.map(({ name, typeDefs }) => [
      name,
      parse(typeDefs)
        .definitions.flatMap((definition) => asFederation1(definition, owned))
        .map((definition) => print(definition))
        .join('\n\n'),
    ]),
  )
}

function asFederation1(definition: DefinitionNode, owned: Set<string>): DefinitionNode[] {
  if (definition.kind === Kind.SCHEMA_EXTENSION) return []
  if (definition.kind === Kind.INTERFACE_TYPE_DEFINITION)
    return claims(definition.name.value, owned) ? [definition] : []
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [definition]
  const { name } = definition
  if (name.value === 'Query') return [{ ...definition, kind: Kind.OBJECT_TYPE_EXTENSION, directives: [] }]
  const key = definition.directives?.find((directive) => directive.name.value === 'key')
  if (!key) return [{ ...definition, directives: [] }]
  const isPointer = key.arguments?.some((argument) => argument.name.value === 'resolvable')
  if (!isPointer && claims(name.value, owned)) return [{ ...definition, fields: fieldsOf(definition) }]
  return [extensionOf(definition, key)]
}

function extensionOf(definition: ObjectTypeDefinitionNode, key: ConstDirectiveNode): DefinitionNode {
  const fields = key.arguments?.filter((argument) => argument.name.value === 'fields') ?? []
  const [named] = fields
  const keyField = named?.value.kind === Kind.STRING ? named.value.value : ''
  return {
    ...definition,
    kind: Kind.OBJECT_TYPE_EXTENSION,
    interfaces: [],
    directives: [{ ...key, arguments: fields }],
    fields: fieldsOf(definition).map((field) =>
      field.name.value === keyField ? { ...field, directives: [external] } : field,
    ),
  }
}

const fieldsOf = ({ fields = [] }: ObjectTypeDefinitionNode): FieldDefinitionNode[] =>
  fields.map((field) => ({
    ...field,
    directives: field.directives?.filter((directive) => directive.name.value !== 'shareable') ?? [],
  }))

const external: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'external' },
  arguments: [],
}

/** Whether this is the first to define the type. */
function claims(type: string, owned: Set<string>): boolean {
  if (owned.has(type)) return false
  owned.add(type)
  return true
}
