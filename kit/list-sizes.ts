import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parseConstValue,
  type TypeNode,
  visit,
} from 'graphql'

const listSize: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'listSize' },
  arguments: [argument('slicingArguments', '["first"]'), argument('sizedFields', '["edges", "nodes"]')],
}

/**
 * Says of every page that `first` decides how long it is, so that routers can tell what a query costs before they run
 * it. By convention instead of by hand: nobody can forget it.
 */
export const withListSizes = (typeDefs: DocumentNode): DocumentNode =>
  visit(typeDefs, {
    FieldDefinition: (field) =>
      isPage(field) && !field.directives?.some(({ name }) => name.value === 'listSize')
        ? { ...field, directives: [...(field.directives ?? []), listSize] }
        : undefined,
  })

const isPage = ({ type, arguments: args }: FieldDefinitionNode): boolean =>
  namedType(type).endsWith('Connection') && (args ?? []).some(({ name }) => name.value === 'first')

const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)

function argument(name: string, value: string) {
  return {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: name },
    value: parseConstValue(value),
  } as const
}
