import type { DocumentNode, SelectionSetNode } from 'graphql'
import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  type OperationDefinitionNode,
} from 'graphql'

/** Arguments by which a stream is told where to go on; ours is called `after`. */
const resumeArguments: ReadonlySet<string> = new Set([
  'after',
  'afterId',
  'cursor',
  'from',
  'lastEventId',
  'offset',
  'resumeFrom',
  'since',
  'startFrom',
])

/**
 * Whether the stream of a subscription can be resumed. Such a stream begins with what the subscriber has to catch up
 * with, or with where it stands, even when no cursor is given: who joins while it runs would miss that.
 */
export function isResumable(
  schema: GraphQLSchema,
  document: DocumentNode,
  { selectionSet }: OperationDefinitionNode,
): boolean {
  const fields = schema.getSubscriptionType()?.getFields() ?? {}
  return rootFieldNames(document, selectionSet).some((name) =>
    fields[name]?.args.some(({ name: argument, type }) => resumes(argument, type)),
  )
}

const maxNesting = 3

function resumes(name: string, type: GraphQLInputType, nesting = 0): boolean {
  if (resumeArguments.has(name)) return true
  const named = getNamedType(type)
  if (!isInputObjectType(named) || nesting === maxNesting) return false
  return Object.values(named.getFields()).some((field) => resumes(field.name, field.type, nesting + 1))
}

/** A valid subscription has one root field, possibly inside fragments. */
function rootFieldNames(document: DocumentNode, { selections }: SelectionSetNode): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'Field') return selection.name.value
    if (selection.kind === 'InlineFragment') return rootFieldNames(document, selection.selectionSet)
    const fragment = document.definitions.find(
      (node) => node.kind === 'FragmentDefinition' && node.name.value === selection.name.value,
    )
    return fragment && 'selectionSet' in fragment ? rootFieldNames(document, fragment.selectionSet) : []
  })
}
