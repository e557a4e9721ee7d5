import { type DocumentNode, Kind } from 'graphql'
import type { Host } from '../host.ts'
import type { SubgraphRuntime } from '../subgraph-runtime.ts'

/** The subgraph that owns the first root field of a document. @throws Error when no domain has such a field. */
export function ownerOfRootField(host: Host, document: DocumentNode): SubgraphRuntime {
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  const field = operation?.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD)
  if (!operation || !field) throw new Error('the document has no operation with a root field')
  const owner = Object.values(host.subgraphs).find(({ definition }) =>
    Boolean(definition.graphqlSchema.getRootType(operation.operation)?.getFields()[field.name.value]),
  )
  if (!owner) throw new Error(`no subgraph has the root field ${field.name.value}`)
  return owner
}
