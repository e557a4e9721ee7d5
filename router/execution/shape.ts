import { type Data, isData, readOwn, writeOwn } from './own-keys.ts'
import type { SharedPaths } from './targets.ts'

/**
 * What an answer looks like, prepared once per operation. Values are completed as GraphQL does it: what cannot be is
 * null, and null where there must be a value costs the object around it.
 */
export interface ObjectShape {
  typeName: string
  /** False when all that is known of an object is an interface. */
  isObject: boolean
  fields: readonly FieldShape[]
}

export interface FieldShape {
  key: string
  /** The key under which it was fetched. */
  source: string
  /** The key means something to every object; see {@link readOwn}. */
  inherited: boolean
  /** `Type.field`, for the log. */
  coordinate: string
  isTypename: boolean
  nonNull: boolean
  /** The path of its object: where entities occur several times, what they hold is completed once. */
  parent: string
  complete: Complete
  /** Answered by the router itself. */
  introspect: ((variables: Readonly<Record<string, unknown>>) => unknown) | undefined
}

/** Gives what stands in the answer; undefined when there is nothing that can. */
export type Complete = (value: unknown, run: ShapeRun) => unknown

/** One answer in the making. */
export interface ShapeRun {
  variables: Readonly<Record<string, unknown>>
  /** What subgraphs broke of their promises, each once. */
  violations: Set<string>
  shared: SharedPaths
  /** Field → what was given → what it became. */
  completed: Map<FieldShape, Map<unknown, unknown>>
}

/** Undefined when a field without a value takes the object with it. */
export function shapeObject(shape: ObjectShape, input: Data, run: ShapeRun): Data | undefined {
  const output: Data = {}
  for (const field of shape.fields) {
    const value = fieldValue(shape, field, input, run)
    if (value === undefined) return undefined
    if (field.inherited) writeOwn(output, field.key, value)
    else output[field.key] = value
  }
  return output
}

function fieldValue(shape: ObjectShape, field: FieldShape, input: Data, run: ShapeRun): unknown {
  if (field.isTypename) return shape.isObject ? shape.typeName : undefined
  if (field.introspect) return field.introspect(run.variables)
  const given = field.inherited ? readOwn(input, field.source) : input[field.source]
  if (given === null || given === undefined) {
    if (!field.nonNull) return null
    run.violations.add(`Cannot return null for non-nullable field ${field.coordinate}.`)
    return undefined
  }
  const repeats = typeof given === 'object' && run.shared.has(field.parent)
  const value = repeats ? completeOnce(field, given, run) : field.complete(given, run)
  return value === undefined && !field.nonNull ? null : value
}

function completeOnce(field: FieldShape, given: unknown, run: ShapeRun): unknown {
  let ofField = run.completed.get(field)
  if (!ofField) {
    ofField = new Map()
    run.completed.set(field, ofField)
  }
  const known = ofField.get(given)
  if (known !== undefined || ofField.has(given)) return known
  const value = field.complete(given, run)
  ofField.set(given, value)
  return value
}

/** Items of a list, one of which may cost all of it. */
export const completeList =
  (item: Complete, nonNull: boolean, coordinate: string): Complete =>
  (value, run) => {
    if (!Array.isArray(value)) return violated(run, `Expected a list for field ${coordinate}.`)
    const list: unknown[] = []
    for (const given of value as unknown[]) {
      let completed: unknown = null
      if (given === null || given === undefined) {
        if (nonNull) return violated(run, `Cannot return null for a non-nullable item of ${coordinate}.`)
      } else {
        completed = item(given, run)
        if (completed === undefined) {
          if (nonNull) return undefined
          completed = null
        }
      }
      list.push(completed)
    }
    return list
  }

export const completeLeaf =
  (check: ((value: unknown) => boolean) | undefined, coordinate: string): Complete =>
  (value, run) =>
    !check || check(value) ? value : violated(run, `Invalid value found for field ${coordinate}.`)

/** @param shapeOf the shape for a type name; undefined when the API has no such type. */
export const completeObject =
  (shapeOf: (typeName: string | undefined) => ObjectShape | undefined, coordinate: string): Complete =>
  (value, run) => {
    if (!isData(value)) return violated(run, `Expected an object for field ${coordinate}.`)
    const { __typename: name } = value
    const shape = shapeOf(typeof name === 'string' && name !== '' ? name : undefined)
    return shape
      ? shapeObject(shape, value, run)
      : violated(run, `Invalid __typename found for object at field ${coordinate}.`)
  }

function violated(run: ShapeRun, message: string): undefined {
  run.violations.add(message)
  return undefined
}
