import {
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { abstractCompleter } from './abstract.ts'
import { serializerOf } from './leaf.ts'
import { objectCompleter } from './object.ts'
import type { FieldPlan } from './plan.ts'
import { failField, isPromise, type Path, type Run } from './run.ts'

/**
 * Makes of what a resolver gave what the answer holds, or a promise of it.
 *
 * @param path absent for leaves, which have no use for it.
 * @param info absent unless the plan says that it is needed.
 * @throws whatever is wrong with the value.
 */
export type Complete = (
  run: Run,
  value: unknown,
  path: Path | undefined,
  info: GraphQLResolveInfo | undefined,
) => unknown

export type SelectionOf = (type: GraphQLObjectType) => FieldPlan[]

/** "Value Completion" of the specification for one type, step for step what graphql-js does. */
export function completerOf(plan: FieldPlan, type: GraphQLOutputType, selectionOf: SelectionOf): Complete {
  if (isNonNullType(type)) return nonNull(plan, completerOf(plan, type.ofType, selectionOf))
  if (isListType(type)) return list(plan, type.ofType, selectionOf)
  if (isLeafType(type)) {
    const serialize = serializerOf(type)
    return unlessNull((_run, value) => serialize(value))
  }
  if (isAbstractType(type)) return unlessNull(abstractCompleter(plan, type, selectionOf))
  return unlessNull(objectCompleter(plan, type, selectionOf))
}

const unlessNull =
  (inner: Complete): Complete =>
  (run, value, path, info) => {
    if (value == null) return null
    if (value instanceof Error) throw value
    return inner(run, value, path, info)
  }

/** A promise of a value never gives null: only what is completed at once can. */
const nonNull =
  ({ parent, name }: FieldPlan, inner: Complete): Complete =>
  (run, value, path, info) => {
    const completed = inner(run, value, path, info)
    if (completed !== null) return completed
    throw new Error(`Cannot return null for non-nullable field ${parent.name}.${name}.`)
  }

function list(plan: FieldPlan, itemType: GraphQLOutputType, selectionOf: SelectionOf): Complete {
  const complete = completerOf(plan, itemType, selectionOf)
  const isNullable = !isNonNullType(itemType)
  const completeItem = (
    run: Run,
    item: unknown,
    path: Path,
    info: GraphQLResolveInfo | undefined,
  ): unknown => {
    try {
      const completed = isPromise(item)
        ? Promise.resolve(item).then((later) => complete(run, later, path, info))
        : complete(run, item, path, info)
      if (!(completed instanceof Promise)) return completed
      return completed.then(undefined, (error) => failField(run, plan, isNullable, path, error))
    } catch (error) {
      return failField(run, plan, isNullable, path, error)
    }
  }
  return unlessNull((run, value, path, info) => {
    if (typeof value !== 'object' || !(Symbol.iterator in (value as object))) {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${plan.parent.name}.${plan.name}".`,
      )
    }
    const given = Array.isArray(value) ? value : [...(value as Iterable<unknown>)]
    const items: unknown[] = []
    let isPending = false
    try {
      for (let key = 0; key < given.length; key++) {
        const completed = completeItem(run, given[key], { prev: path, key, typename: undefined }, info)
        if (completed instanceof Promise) isPending = true
        items.push(completed)
      }
    } catch (error) {
      silence(items)
      silence(given)
      throw error
    }
    return isPending ? Promise.all(items) : items
  })
}

/** Nobody waits for these any more; should they fail, it must not end the process. */
function silence(values: readonly unknown[]): void {
  for (const value of values) if (isPromise(value)) value.then(undefined, () => {})
}
