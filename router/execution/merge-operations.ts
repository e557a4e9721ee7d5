import type { FetchNode } from '@apollo/query-planner'
import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql'

/** Where entities are in the variables and the answer of an operation. */
export interface EntityPlace {
  responseKey: string
  variable: string
}

/** An operation for a subgraph. */
export interface SubgraphOperation {
  text: string
  document: DocumentNode
  operationName: string | undefined
  fields: readonly EntityPlace[]
}

const entitiesKey = '_entities'
const entitiesVariable = 'representations'

export const documentOf = (fetch: FetchNode): DocumentNode =>
  fetch.operationDocumentNode ?? parse(fetch.operation, { noLocation: true })

/** The operation of one fetch as the planner wrote it. */
export const operationOf = (fetch: FetchNode): SubgraphOperation => ({
  text: fetch.operation,
  document: documentOf(fetch),
  operationName: fetch.operationName,
  fields: [{ responseKey: entitiesKey, variable: entitiesVariable }],
})

/**
 * Several entity fetches as one operation: each `_entities` field gets an alias and its own list of representations.
 * Variables of the client mean the same in all of them; fragments that the planner generated do not.
 */
export function mergeOperations(fetches: readonly FetchNode[]): SubgraphOperation {
  const taken = new Set(fetches.flatMap(({ variableUsages }) => variableUsages ?? []))
  const selections: SelectionNode[] = []
  const variables = new Map<string, VariableDefinitionNode>()
  const fragments: DefinitionNode[] = []
  const directives: DirectiveNode[] = []
  const fields = fetches.map((fetch, index) => {
    const field = {
      responseKey: `${entitiesKey}${index}`,
      variable: freeName(`${entitiesVariable}${index}`, taken),
    }
    for (const definition of renamed(documentOf(fetch), field.variable, index).definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) {
        fragments.push(definition)
        continue
      }
      for (const selection of definition.selectionSet.selections) selections.push(aliased(selection, field))
      // Directives of the client's operation stand on every fetch alike.
      if (index === 0) directives.push(...(definition.directives ?? []))
      for (const one of definition.variableDefinitions ?? []) variables.set(one.variable.name.value, one)
    }
    return field
  })
  const operationName = fetches[0]?.operationName
  const operation = {
    kind: Kind.OPERATION_DEFINITION,
    operation: 'query',
    ...(operationName === undefined ? {} : { name: nameNode(operationName) }),
    variableDefinitions: [...variables.values()],
    directives,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  } as OperationDefinitionNode
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] }
  return { text: stripIgnoredCharacters(print(document)), document, operationName, fields }
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  while (taken.has(name)) name += '_'
  return name
}

const aliased = (selection: SelectionNode, { responseKey }: EntityPlace): SelectionNode =>
  selection.kind === Kind.FIELD && selection.name.value === entitiesKey
    ? { ...selection, alias: nameNode(responseKey) }
    : selection

function renamed(document: DocumentNode, variable: string, index: number): DocumentNode {
  const fragmentName = ({ value }: NameNode) => nameNode(`${value}_${index}`)
  return visit(document, {
    Variable: (node) =>
      node.name.value === entitiesVariable ? { ...node, name: nameNode(variable) } : undefined,
    FragmentSpread: (node) => ({ ...node, name: fragmentName(node.name) }),
    FragmentDefinition: (node) => ({ ...node, name: fragmentName(node.name) }),
  })
}

const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value })
