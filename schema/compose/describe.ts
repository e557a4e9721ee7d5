import {
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type StringValueNode,
  visit,
} from 'graphql'

const rootDescriptions: Readonly<Record<string, string>> = {
  Query: 'Everything that can be asked.',
  Mutation: 'Everything that can be done. What the caller may do wrong comes back as `userErrors`.',
  Subscription: 'Everything that can be listened to, over WebSocket.',
}

/**
 * The descriptions as the composed schema shows them. An entity is described by its owner alone, so that a stub may say
 * in its own words what it knows of it; a field that an interface has inherits the interface's description; the root
 * types belong to nobody and are described here.
 *
 * @param owners entity → the domain that owns it.
 */
export function describeTypes(
  typeDefs: DocumentNode,
  domain: string,
  owners: ReadonlyMap<string, string>,
): DocumentNode {
  const inherited = inheritedDescriptions(typeDefs)
  return visit(typeDefs, {
    ObjectTypeDefinition: (type) => {
      const ownText = rootDescriptions[type.name.value]
      const isStub = (owners.get(type.name.value) ?? domain) !== domain
      const { description, ...rest } = type
      const fields = type.fields?.map((field) => withInherited(field, type, inherited)) ?? []
      if (ownText) return { ...rest, fields, description: text(ownText) }
      return { ...rest, fields, ...(isStub || !description ? {} : { description }) }
    },
  })
}

type Inherited = ReadonlyMap<string, StringValueNode>

const text = (value: string): StringValueNode => ({ kind: Kind.STRING, value, block: true })

/** `Interface.field` → its description. */
const inheritedDescriptions = (typeDefs: DocumentNode): Inherited =>
  new Map(
    typeDefs.definitions
      .filter((definition) => definition.kind === Kind.INTERFACE_TYPE_DEFINITION)
      .flatMap((type) =>
        (type.fields ?? []).flatMap(({ name, description }) =>
          description ? [[`${type.name.value}.${name.value}`, description] as const] : [],
        ),
      ),
  )

function withInherited(
  field: FieldDefinitionNode,
  type: ObjectTypeDefinitionNode,
  inherited: Inherited,
): FieldDefinitionNode {
  const description =
    field.description ??
    type.interfaces?.map(({ name }) => inherited.get(`${name.value}.${field.name.value}`)).find(Boolean)
  return description ? { ...field, description } : field
}
