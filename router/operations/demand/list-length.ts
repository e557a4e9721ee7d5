import { type ArgumentNode, type GraphQLField, Kind } from 'graphql'
import type { ListSize } from './cost-index.ts'
import type { Term, Variables } from './term.ts'

/** Where the arguments of a field say how long its list is. */
export interface Slice {
  readonly names: readonly string[]
  /** What the arguments say; those that say nothing are left out. */
  given(variables: Variables): number[]
  /** Exactly one of the arguments must say something. */
  readonly exactlyOne: boolean
}

/** The slicing arguments of a field as an operation gives them; undefined when the field has none. */
export function sliceOf(
  size: ListSize,
  field: GraphQLField<unknown, unknown>,
  given: readonly ArgumentNode[],
): Slice | undefined {
  const names = size.slicingArguments
  if (names.length === 0) return undefined
  const readers = names.map((name) => reader(name, field, given))
  return {
    names,
    given: (variables) => readers.map((read) => read(variables)).filter((value) => value !== undefined),
    exactlyOne: size.requireOneSlicingArgument,
  }
}

/** How long a list can get: what the largest argument says, or else what is assumed. */
export function lengthOf(size: ListSize | undefined, slice: Slice | undefined, otherwise: number): Term {
  const assumed = size?.assumedSize ?? otherwise
  if (!slice) return assumed
  return (variables) => {
    const given = slice.given(variables)
    return given.length === 0 ? assumed : Math.max(0, ...given)
  }
}

/** An argument that is absent, or given by a variable that is, has its default; `null` and nonsense say nothing. */
function reader(
  name: string,
  field: GraphQLField<unknown, unknown>,
  given: readonly ArgumentNode[],
): (variables: Variables) => number | undefined {
  const byDefault = field.args.find((argument) => argument.name === name)?.defaultValue
  const value = given.find((argument) => argument.name.value === name)?.value
  if (value?.kind === Kind.VARIABLE) {
    const variable = value.name.value
    return (variables) => number(variables[variable] === undefined ? byDefault : variables[variable])
  }
  const known = number(value === undefined ? byDefault : value.kind === Kind.INT ? Number(value.value) : null)
  return () => known
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
