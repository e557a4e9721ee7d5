import { getAllDirectiveValues, getDirectiveValues } from '@guildhall/kit/directives'
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type UnionTypeDefinitionNode,
} from 'graphql'

/** One domain's part of the supergraph. */
export interface Part {
  domain: string
  products: readonly string[]
  typeDefs: DocumentNode
}

type WithFields = Extract<DocumentNode['definitions'][number], { fields?: readonly FieldDefinitionNode[] }>

/**
 * The parts with `@tag`s by which a router makes a contract for each product, as Apollo documents them: on what has
 * fields, and on unions. A field belongs to the products of the domain that adds it, as far as these have the entity that
 * it is added to, unless it or its type has tags of its own. Where all fields of a type belong to the same products, the
 * type says so once for them. What a domain without products adds has no tag: only the whole graph shows it.
 *
 * @param owners entity → the domain that owns it; the keys of stubs elsewhere show the entity to nobody.
 */
export function tagProducts<P extends Part>(parts: readonly P[], owners: ReadonlyMap<string, string>): P[] {
  const tagged = new Map<string, Map<string, string>>()
  const productsOf = new Map(parts.map(({ domain, products }) => [domain, products]))
  const eachField = (
    { domain, products, typeDefs }: P,
    visit: (type: string, field: FieldDefinitionNode, tags: string) => void,
  ) => {
    for (const type of typeDefs.definitions.filter(hasFields)) {
      const owner = owners.get(type.name.value) ?? domain
      const isStub = owner !== domain
      const shared = products.filter((product) => productsOf.get(owner)?.includes(product) ?? true)
      for (const field of type.fields ?? []) {
        if (isHidden(field) || isHidden(type) || (isStub && field.name.value === 'id')) continue
        visit(type.name.value, field, keyOf(ownTags(field) ?? ownTags(type) ?? shared))
      }
    }
  }
  for (const part of parts) {
    eachField(part, (type, field, tags) => {
      const fields = tagged.get(type) ?? new Map<string, string>()
      tagged.set(type, fields)
      const before = fields.get(field.name.value)
      fields.set(field.name.value, keyOf([...tagsIn(before), ...tagsIn(tags)]))
    })
  }
  const isUniform = (type: string) => new Set(tagged.get(type)?.values()).size === 1

  return parts.map((part) => {
    const stamps = new Map<FieldDefinitionNode, string>()
    const uniform = new Map<string, string>()
    eachField(part, (type, field, tags) => {
      if (isUniform(type)) uniform.set(type, tagged.get(type)?.get(field.name.value) ?? tags)
      else if (!ownTags(field)) stamps.set(field, tags)
    })
    const definitions = part.typeDefs.definitions.map((definition) => {
      if (isUnion(definition)) return stamp(definition, keyOf(ownTags(definition) ?? part.products))
      if (!hasFields(definition)) return definition
      const fields = definition.fields?.map((field) => stamp(field, stamps.get(field))) ?? []
      return stamp({ ...definition, fields }, uniform.get(definition.name.value))
    })
    return { ...part, typeDefs: { ...part.typeDefs, definitions } }
  })
}

type Directed = { readonly directives?: readonly ConstDirectiveNode[] | undefined }

function stamp<Node extends Directed>(node: Node, tags: string | undefined): Node {
  const had = new Set(ownTags(node))
  const added = tagsIn(tags)
    .filter((tag) => !had.has(tag))
    .map(tagNode)
  return added.length === 0 ? node : { ...node, directives: [...(node.directives ?? []), ...added] }
}

const tagNode = (tag: string): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'tag' },
  arguments: [
    {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'name' },
      value: { kind: Kind.STRING, value: tag },
    },
  ],
})

/** The tags that somebody has written at a place. */
function ownTags(node: Directed): string[] | undefined {
  const names = getAllDirectiveValues([node], 'tag').map(({ name }) => String(name))
  return names.length > 0 ? names : undefined
}

const tagsIn = (key = ''): string[] => key.split(' ').filter(Boolean)

const keyOf = (tags: readonly string[]): string => [...new Set(tags)].sort().join(' ')

const isHidden = (node: Directed): boolean =>
  getDirectiveValues(node, 'inaccessible') !== null || getDirectiveValues(node, 'external') !== null

const hasFields = (node: DocumentNode['definitions'][number]): node is WithFields =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION ||
  node.kind === Kind.OBJECT_TYPE_EXTENSION ||
  node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
  node.kind === Kind.INTERFACE_TYPE_EXTENSION

const isUnion = (node: DocumentNode['definitions'][number]): node is UnionTypeDefinitionNode =>
  node.kind === Kind.UNION_TYPE_DEFINITION
