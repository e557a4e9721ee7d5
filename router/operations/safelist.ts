import { type DefinitionNode, type DocumentNode, Kind, print, type SelectionSetNode, visit } from 'graphql'

/**
 * The text by which documents are compared, as Apollo Router does it: formatting and comments do not count, nor does the
 * order of definitions, because clients put fragments together in different orders. The order of fields counts.
 */
export function normalized({ definitions }: DocumentNode): string {
  const sorted = [...definitions].sort((one, other) => {
    const [a, b] = [sortKey(one), sortKey(other)]
    return a < b ? -1 : a > b ? 1 : 0
  })
  return print({ kind: Kind.DOCUMENT, definitions: sorted })
}

function sortKey(definition: DefinitionNode): string {
  if (definition.kind === Kind.OPERATION_DEFINITION) return `0 ${definition.name?.value ?? ''}`
  return definition.kind === Kind.FRAGMENT_DEFINITION ? `1 ${definition.name.value}` : '2'
}

const schemaFields: ReadonlySet<string> = new Set(['__schema', '__type', '__typename'])

/** Whether no operation of a document asks for more than the schema. */
export function asksOnlyForSchema({ definitions }: DocumentNode): boolean {
  const fragments = new Map<string, SelectionSetNode>()
  const operations: SelectionSetNode[] = []
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition.selectionSet)
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition.selectionSet)
  }
  const seen = new Set<SelectionSetNode>()
  const isSchemaOnly = (selections: SelectionSetNode | undefined): boolean => {
    if (!selections) return false
    if (seen.has(selections)) return true
    seen.add(selections)
    return selections.selections.every((selection) => {
      if (selection.kind === Kind.FIELD) return schemaFields.has(selection.name.value)
      if (selection.kind === Kind.INLINE_FRAGMENT) return isSchemaOnly(selection.selectionSet)
      return isSchemaOnly(fragments.get(selection.name.value))
    })
  }
  return operations.length > 0 && operations.every(isSchemaOnly)
}

const maxOutlineLength = 2_000

/** A document as it may stand in a log: without the values that a client wrote into it. */
export function outline(document: DocumentNode): string {
  const bare = visit(document, {
    StringValue: (node) => ({ ...node, value: '', block: false }),
    IntValue: (node) => ({ ...node, value: '0' }),
    FloatValue: (node) => ({ ...node, value: '0' }),
    ListValue: (node) => ({ ...node, values: [] }),
    ObjectValue: (node) => ({ ...node, fields: [] }),
  })
  return print(bare).replace(/\s+/g, ' ').slice(0, maxOutlineLength)
}
