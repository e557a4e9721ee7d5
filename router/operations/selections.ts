import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** What an operation or fragment holds once its fragments are expanded. */
export interface Tally {
  /** Levels of fields. */
  depth: number
  fields: number
  aliases: number
  directives: number
  /** Fields of the outermost level. */
  roots: number
  /** The same below `__schema` and `__type`, which count in nothing else: tools nest deeply there. */
  introspection: { depth: number; fields: number }
}

type Measured = OperationDefinitionNode | FragmentDefinitionNode

const nothing = (): Tally => ({
  depth: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  roots: 0,
  introspection: { depth: 0, fields: 0 },
})

export const fragmentsOf = ({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(definitions.filter(isFragment).map((node) => [node.name.value, node]))

const isFragment = (node: DefinitionNode): node is FragmentDefinitionNode =>
  node.kind === Kind.FRAGMENT_DEFINITION

export const isMeasured = (node: DefinitionNode): node is Measured =>
  node.kind === Kind.OPERATION_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION

/** The name of a fragment that spreads itself, possibly through others. Its expansion has no end. */
export class FragmentCycle extends Error {}

/**
 * Counts what definitions of a document expand to. Each fragment is walked once, however often it is spread: a document
 * that doubles itself with every fragment is counted in the time that it takes to read it.
 *
 * @throws FragmentCycle
 */
export function createTallies(document: DocumentNode): (definition: Measured) => Tally {
  const fragments = fragmentsOf(document)
  const known = new Map<string, Tally | 'open'>()

  const ofFragment = (name: string): Tally => {
    const hit = known.get(name)
    if (hit === 'open') throw new FragmentCycle(name)
    if (hit) return hit
    const fragment = fragments.get(name)
    known.set(name, 'open')
    const tally = fragment ? of(fragment) : nothing()
    known.set(name, tally)
    return tally
  }
  const ofSelection = (selection: SelectionNode): Tally => {
    switch (selection.kind) {
      case Kind.FIELD: {
        const below = ofSet(selection.selectionSet)
        return asField(below, selection.name.value, selection.alias !== undefined)
      }
      case Kind.INLINE_FRAGMENT:
        return ofSet(selection.selectionSet)
      case Kind.FRAGMENT_SPREAD:
        return ofFragment(selection.name.value)
    }
  }
  const ofSet = (set: SelectionSetNode | undefined): Tally => {
    const sum = nothing()
    for (const selection of set?.selections ?? []) {
      const part = ofSelection(selection)
      sum.depth = Math.max(sum.depth, part.depth)
      sum.fields += part.fields
      sum.aliases += part.aliases
      sum.directives += part.directives + (selection.directives?.length ?? 0)
      sum.roots += part.roots
      sum.introspection.depth = Math.max(sum.introspection.depth, part.introspection.depth)
      sum.introspection.fields += part.introspection.fields
    }
    return sum
  }
  const of = (definition: Measured): Tally => {
    const tally = ofSet(definition.selectionSet)
    const variables = definition.variableDefinitions ?? []
    for (const { directives } of [definition, ...variables]) tally.directives += directives?.length ?? 0
    return tally
  }
  return of
}

function asField(below: Tally, name: string, aliased: boolean): Tally {
  const { depth, fields, aliases, directives, introspection } = below
  const counted = { aliases: aliases + (aliased ? 1 : 0), directives, roots: 1 }
  return name === '__schema' || name === '__type'
    ? { ...counted, depth: 1, fields: 1, introspection: { depth, fields } }
    : { ...counted, depth: depth + 1, fields: fields + 1, introspection }
}

/**
 * How many pairs of fields would be compared to find out whether those that share a place in the answer agree: the one
 * part of validation whose work grows with the square of the document.
 *
 * Only for documents without cycles whose number of fields is bounded.
 */
export function countOverlaps(document: DocumentNode, definition: Measured): number {
  const fragments = fragmentsOf(document)

  const collect = (set: SelectionSetNode, places: Map<string, (SelectionSetNode | undefined)[]>): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const place = selection.alias?.value ?? selection.name.value
        const known = places.get(place)
        if (known) known.push(selection.selectionSet)
        else places.set(place, [selection.selectionSet])
      } else {
        const inner =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
        if (inner) collect(inner.selectionSet, places)
      }
    }
  }
  const pairsIn = (sets: readonly SelectionSetNode[]): number => {
    const places = new Map<string, (SelectionSetNode | undefined)[]>()
    for (const set of sets) collect(set, places)
    let pairs = 0
    for (const below of places.values()) {
      pairs += (below.length * (below.length - 1)) / 2
      pairs += pairsIn(below.filter((set) => set !== undefined))
    }
    return pairs
  }
  return pairsIn([definition.selectionSet])
}
