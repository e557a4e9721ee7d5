import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parseConstValue,
  type TypeNode,
  visit,
} from 'graphql'

/** `first` says how many items a page holds. */
const ofPages = listSize({ slicingArguments: '["first"]', sizedFields: '["edges", "nodes"]' })
/** A mutation that goes well has none, and others seldom several. */
const ofUserErrors = listSize({ assumedSize: '1' })

/**
 * Says of lists how long they are, so that routers can tell what an operation costs before they run it. By convention
 * instead of by hand: nobody can forget it. Of other lists a domain may say it itself.
 */
export const withListSizes = (typeDefs: DocumentNode): DocumentNode =>
  visit(typeDefs, {
    FieldDefinition: (field) => {
      const size = isSized(field) ? undefined : sizeOf(field)
      return size && { ...field, directives: [...(field.directives ?? []), size] }
    },
  })

const isSized = ({ directives }: FieldDefinitionNode): boolean =>
  directives?.some(({ name }) => name.value === 'listSize') ?? false

function sizeOf(field: FieldDefinitionNode): ConstDirectiveNode | undefined {
  if (field.name.value === 'userErrors') return ofUserErrors
  return isPage(field) ? ofPages : undefined
}

const isPage = ({ type, arguments: args }: FieldDefinitionNode): boolean =>
  namedType(type).endsWith('Connection') && (args ?? []).some(({ name }) => name.value === 'first')

const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)

function listSize(values: Readonly<Record<string, string>>): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'listSize' },
    arguments: Object.entries(values).map(([name, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: name },
      value: parseConstValue(value),
    })),
  }
}
