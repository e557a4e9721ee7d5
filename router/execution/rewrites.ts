import type { FetchDataRewrite } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { type Data, isData, isInherited, readOwn, writeOwn } from './own-keys.ts'
import { typeNamesUnder } from './type-names.ts'

/** Changes representations before they are sent, or entities before they are merged. */
export type Rewrite = (value: unknown) => void

type Step = { key: string } | { types: ReadonlySet<string> }

const fragmentPrefix = '... on '

/**
 * The rewrites of a fetch as one function; undefined when there are none. The planner renames what two types of a union
 * call alike (`KeyRenamer`), and tells a subgraph that knows only the interface the interface's name (`ValueSetter`).
 */
export function compileRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
): Rewrite | undefined {
  if (!rewrites?.length) return undefined
  const compiled = rewrites.map((rewrite) => compileRewrite(schema, rewrite))
  return (value) => {
    for (const rewrite of compiled) rewrite(value)
  }
}

function compileRewrite(schema: GraphQLSchema, rewrite: FetchDataRewrite): Rewrite {
  const last = rewrite.path.at(-1)
  if (last === undefined) return () => {}
  if (last.startsWith(fragmentPrefix)) throw new Error(`a rewrite ends in a fragment: ${rewrite.path}`)
  const steps = rewrite.path.slice(0, -1).map((step): Step => {
    const condition = step.startsWith(fragmentPrefix) ? step.slice(fragmentPrefix.length) : undefined
    return condition === undefined ? { key: step } : { types: typeNamesUnder(schema, condition) }
  })
  const change =
    rewrite.kind === 'ValueSetter'
      ? (object: Data) => write(object, last, rewrite.setValueTo)
      : (object: Data) => {
          const value = readOwn(object, last)
          if (!value) return
          write(object, rewrite.renameKeyTo, value)
          object[last] = undefined
        }
  return (value) => changeAt(value, steps, 0, change)
}

function changeAt(value: unknown, steps: readonly Step[], at: number, change: (object: Data) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) changeAt(item, steps, at, change)
    return
  }
  if (!isData(value)) return
  const step = steps[at]
  if (!step) change(value)
  else if ('key' in step) changeAt(readOwn(value, step.key), steps, at + 1, change)
  else {
    // An object that does not say what it is, is what the path says.
    const { __typename: name } = value
    if (!name || (typeof name === 'string' && step.types.has(name))) changeAt(value, steps, at + 1, change)
  }
}

function write(object: Data, key: string, value: unknown): void {
  if (isInherited(key)) writeOwn(object, key, value)
  else object[key] = value
}
