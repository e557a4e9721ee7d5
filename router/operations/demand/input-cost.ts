import {
  type ArgumentNode,
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
  visit,
} from 'graphql'
import type { CostIndex } from './cost-index.ts'
import type { Term } from './term.ts'

/** What an argument costs: input objects one each, everything else only what `@cost` says. */
export function argumentCost(
  index: CostIndex,
  coordinate: string,
  definition: GraphQLArgument,
  { value }: ArgumentNode,
): Term {
  const weight = weightOf(index, coordinate, definition.type)
  if (weight === undefined && !isInputObjectType(getNamedType(definition.type))) return 0
  if (!hasVariables(value)) return inputCost(index, definition.type, weight, valueFromASTUntyped(value))
  return (variables) =>
    inputCost(
      index,
      definition.type,
      weight,
      valueFromASTUntyped(value, variables as Record<string, unknown>),
    )
}

function inputCost(
  index: CostIndex,
  type: GraphQLInputType,
  weight: number | undefined,
  value: unknown,
): number {
  if (value === undefined || value === null) return 0
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, item) => sum + inputCost(index, type, weight, item), weight ?? 0)
  }
  const named = getNamedType(type)
  if (typeof value !== 'object' || !isInputObjectType(named)) return weight ?? 0
  const fields = named.getFields()
  let cost = weight ?? 1
  for (const [name, inner] of Object.entries(value)) {
    // What is not in the type is refused when the variables are looked at.
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!field) continue
    const innerWeight = weightOf(index, `${named.name}.${name}`, field.type)
    cost += inputCost(index, field.type, innerWeight, inner)
  }
  return cost
}

const weightOf = (index: CostIndex, coordinate: string, type: GraphQLInputType): number | undefined =>
  index.weights.get(coordinate) ?? index.weights.get(getNamedType(type).name)

function hasVariables(value: ValueNode): boolean {
  let found = value.kind === Kind.VARIABLE
  visit(value, {
    Variable: () => {
      found = true
    },
  })
  return found
}
