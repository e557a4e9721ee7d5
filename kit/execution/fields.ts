import { type GraphQLResolveInfo, getArgumentValues } from 'graphql'
import type { FieldPlan } from './plan.ts'
import { failField, infoOf, isPromise, type Path, type Run } from './run.ts'

/** All fields of one object; a promise when any of them is one. */
export function executeFields(
  run: Run,
  fields: readonly FieldPlan[],
  source: unknown,
  path: Path | undefined,
): unknown {
  const answer: Record<string, unknown> = {}
  let pending: string[] | null = null
  try {
    for (const field of fields) {
      const value = executeField(run, field, source, path)
      answer[field.key] = value
      if (value instanceof Promise) {
        pending ??= []
        pending.push(field.key)
      }
    }
  } catch (error) {
    if (pending === null) throw error
    // The other fields' promises may fail too, and must not do so unheard.
    return settled(answer, pending).finally(() => {
      throw error
    })
  }
  return pending === null ? answer : settled(answer, pending)
}

/** One after the other, as mutations demand. */
export async function executeSerially(
  run: Run,
  fields: readonly FieldPlan[],
  source: unknown,
): Promise<unknown> {
  const answer: Record<string, unknown> = {}
  for (const field of fields) answer[field.key] = await executeField(run, field, source, undefined)
  return answer
}

async function settled(
  answer: Record<string, unknown>,
  pending: readonly string[],
): Promise<Record<string, unknown>> {
  const values = await Promise.all(pending.map((key) => answer[key]))
  for (const [index, key] of pending.entries()) answer[key] = values[index]
  return answer
}

/** Most of an answer are properties that are leaves: nothing is made for them that only others need. */
function executeField(run: Run, field: FieldPlan, source: unknown, parentPath: Path | undefined): unknown {
  if (field.resolve !== null || !field.isLeaf)
    return executeAny(run, field, source, pathOf(field, parentPath))
  try {
    const value = propertyOf(source, field.name)
    if (typeof value !== 'function' && !isPromise(value)) {
      return field.complete(run, value, undefined, undefined)
    }
  } catch (error) {
    return failField(run, field, field.isNullable, pathOf(field, parentPath), error)
  }
  return executeAny(run, field, source, pathOf(field, parentPath))
}

function executeAny(run: Run, field: FieldPlan, source: unknown, path: Path): unknown {
  try {
    let info = field.needsInfo || field.resolve ? infoOf(run, field, path) : undefined
    let value: unknown
    if (field.resolve) {
      value = field.resolve(source, argumentsOf(run, field), run.contextValue, info as GraphQLResolveInfo)
    } else {
      value = propertyOf(source, field.name)
      if (typeof value === 'function') {
        info ??= infoOf(run, field, path)
        value = value.call(source, argumentsOf(run, field), run.contextValue, info)
      }
    }
    if (isPromise(value)) return laterOf(run, field, path, info, value)
    const completed = field.complete(run, value, path, info)
    return completed instanceof Promise ? guarded(run, field, path, completed) : completed
  } catch (error) {
    return failField(run, field, field.isNullable, path, error)
  }
}

const laterOf = (
  run: Run,
  field: FieldPlan,
  path: Path,
  info: GraphQLResolveInfo | undefined,
  value: PromiseLike<unknown>,
) =>
  guarded(
    run,
    field,
    path,
    Promise.resolve(value).then((later) => field.complete(run, later, path, info)),
  )

const guarded = (run: Run, field: FieldPlan, path: Path, completed: Promise<unknown>) =>
  completed.then(undefined, (error) => failField(run, field, field.isNullable, path, error))

const pathOf = ({ key, parent }: FieldPlan, prev: Path | undefined): Path => ({
  prev,
  key,
  typename: parent.name,
})

const propertyOf = (source: unknown, name: string): unknown =>
  (typeof source === 'object' && source !== null) || typeof source === 'function'
    ? (source as Record<string, unknown>)[name]
    : undefined

/** Each resolver has an object of its own, as graphql-js gives it. */
function argumentsOf(run: Run, field: FieldPlan): Record<string, unknown> {
  const [node] = field.nodes
  if (!field.hasArguments || !node) return {}
  const hit = run.argumentsOf.get(field)
  if (hit) return { ...hit }
  const fresh = getArgumentValues(field.definition, node, run.variableValues)
  run.argumentsOf.set(field, fresh)
  return { ...fresh }
}
