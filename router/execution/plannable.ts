import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { type ConditionValues, isIncluded } from './conditions.ts'

/** Response name as the client wrote it → the one under which it is planned and fetched. */
export type Renamed = ReadonlyMap<string, string>

/** An operation as it is given to the planner. */
export interface Plannable {
  document: DocumentNode
  renamed: Renamed
}

/**
 * Rewrites an operation so that Apollo's planner plans it right. The shape of the answer follows the operation as it was
 * written.
 *
 * - Conditions are decided here. The planner would put the `@skip` of one field on the inputs of its neighbours, and
 *   leave variables undeclared. What loses its whole selection asks for its type, to be told from null.
 * - An alias that is also the name of a field is replaced. The planner takes it for that field: it would hand a value of
 *   the client's choice to a subgraph as a key or as what another field `@requires`.
 */
export function makePlannable(
  document: DocumentNode,
  values: ConditionValues,
  fieldNames: ReadonlySet<string>,
): Plannable {
  const renamed = renameAliases(document, fieldNames)
  if (renamed.size === 0 && !hasConditions(document)) return { document, renamed }
  const decided = visit(document, {
    SelectionSet: {
      enter: (set): SelectionSetNode => ({
        ...set,
        selections: set.selections
          .filter((selection) => isIncluded(selection, values))
          .map((selection) => withoutConditions(selection)),
      }),
      leave: (set): SelectionSetNode | undefined =>
        set.selections.length > 0 ? undefined : { ...set, selections: [typename] },
    },
    Field: (field): FieldNode | undefined => {
      const value = plannedName(field, renamed)
      return field.alias && field.alias.value !== value
        ? { ...field, alias: { kind: Kind.NAME, value } }
        : undefined
    },
  })
  return { document: decided, renamed }
}

/** The name under which a field of the client's operation is fetched. */
export function plannedName({ alias, name }: FieldNode, renamed: Renamed): string {
  if (!alias || alias.value === name.value) return name.value
  return renamed.get(alias.value) ?? alias.value
}

const knownNames = new WeakMap<GraphQLSchema, ReadonlySet<string>>()

/** The names of all fields of a supergraph. */
export function fieldNamesOf(supergraph: GraphQLSchema): ReadonlySet<string> {
  const known = knownNames.get(supergraph)
  if (known) return known
  const names = new Set<string>()
  knownNames.set(supergraph, names)
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const name of Object.keys(type.getFields())) names.add(name)
  }
  return names
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

const withoutConditions = (selection: SelectionNode): SelectionNode =>
  selection.directives?.length
    ? {
        ...selection,
        directives: selection.directives.filter(
          ({ name }) => name.value !== 'skip' && name.value !== 'include',
        ),
      }
    : selection

function hasConditions(document: DocumentNode): boolean {
  let found = false
  visit(document, {
    Directive({ name }) {
      found ||= name.value === 'skip' || name.value === 'include'
    },
  })
  return found
}

/** Names that nobody else uses in the document, for the aliases that are names of fields. */
function renameAliases(document: DocumentNode, fieldNames: ReadonlySet<string>): Map<string, string> {
  const aliases = new Set<string>()
  visit(document, {
    Field({ alias }) {
      if (alias) aliases.add(alias.value)
    },
  })
  const renamed = new Map<string, string>()
  for (const alias of aliases) {
    if (!fieldNames.has(alias)) continue
    let safe = `${alias}_`
    while (aliases.has(safe) || fieldNames.has(safe)) safe += '_'
    aliases.add(safe)
    renamed.set(alias, safe)
  }
  return renamed
}
