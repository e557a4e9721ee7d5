import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql'
import { documentOf } from './merge-operations.ts'
import type { PlanStep } from './plan-steps.ts'

/**
 * Occurrences of one entity at one path get the same objects, because whatever is fetched later treats them alike. Not
 * so when a step from further up, which is not done before, may merge into what was shared: values that belong to one
 * occurrence would then show at others.
 */
export const mayShare = (step: PlanStep, steps: readonly PlanStep[]): boolean =>
  steps.every(
    (other) => !isAbove(other.path, step.path) || isBefore(other, step, steps) || !reaches(other, step.path),
  )

/** Whether nothing is ever merged into what these steps bring, so that different paths may share it too. */
export const areFinal = (members: readonly PlanStep[], steps: readonly PlanStep[]): boolean =>
  members.every(({ path }) =>
    steps.every((other) =>
      members.includes(other) ? !isAbove(path, other.path) : !startsWith(other.path, path),
    ),
  )

/** Whether the first path is a true beginning of the second. */
const isAbove = (above: readonly string[], path: readonly string[]): boolean =>
  above.length < path.length && startsWith(path, above)

const startsWith = (path: readonly string[], start: readonly string[]): boolean =>
  start.length <= path.length && start.every((key, index) => key === path[index])

const isBefore = (first: PlanStep, step: PlanStep, steps: readonly PlanStep[]): boolean =>
  step.after.some((index) => {
    const before = steps[index]
    return before !== undefined && (before === first || isBefore(first, before, steps))
  })

/** Whether the fetch selects the key by which the path goes on from it. */
function reaches({ fetch, path: own }: PlanStep, path: readonly string[]): boolean {
  const key = path[own.length]
  const document = documentOf(fetch)
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  if (key === undefined || operation?.kind !== Kind.OPERATION_DEFINITION) return true
  const keys = responseKeys(operation.selectionSet, document, fetch.requires !== undefined)
  return key === '@' || keys.has(key)
}

function responseKeys(set: SelectionSetNode, document: DocumentNode, insideFields: boolean): Set<string> {
  const keys = new Set<string>()
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      if (insideFields && selection.selectionSet)
        addAll(keys, responseKeys(selection.selectionSet, document, false))
      else keys.add(selection.alias?.value ?? selection.name.value)
      continue
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(document, selection.name.value)
    if (inner) addAll(keys, responseKeys(inner.selectionSet, document, insideFields))
  }
  return keys
}

const addAll = (keys: Set<string>, more: ReadonlySet<string>) => {
  for (const key of more) keys.add(key)
}

function fragmentOf(document: DocumentNode, name: string) {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name) return definition
  }
  return undefined
}
