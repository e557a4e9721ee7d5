import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'

interface IntrospectedOperation {
  schema: GraphQLSchema
  document: DocumentNode
  operation: OperationDefinitionNode
}

/**
 * Answers one introspection field of an operation from the API schema, as graphql-js does; subgraphs know only their part
 * of it. The variables have been checked already.
 */
export function introspection(
  { schema, document, operation }: IntrospectedOperation,
  nodes: readonly FieldNode[],
): (variables: Readonly<Record<string, unknown>>) => unknown {
  const own: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: nodes } },
      ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION),
    ],
  }
  const key = nodes[0]?.alias?.value ?? nodes[0]?.name.value ?? ''
  return (variableValues) => {
    const { data, errors } = executeSync({ schema, document: own, rootValue: {}, variableValues })
    if (errors?.[0]) throw errors[0]
    return data?.[key]
  }
}
