import {
  type GraphQLInputType,
  type GraphQLList,
  type GraphQLNonNull,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'

/** A source of numbers from 0 to 1. */
export type Random = () => number

export const chance = (random: Random, share: number): boolean => random() < share

export const below = (random: Random, limit: number): number => Math.floor(random() * limit)

export function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[below(random, items.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}

/** An enum value, which is written without quotes where it is a literal. */
class EnumValue {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
  toJSON(): string {
    return this.name
  }
}

/** A value that is valid for `type`, as JSON. Small, and now and then one that means trouble. */
export function randomValue(random: Random, type: GraphQLInputType, depth = 0): unknown {
  if (isNonNullType(type)) return notNull(random, (type as GraphQLNonNull<GraphQLInputType>).ofType, depth)
  return chance(random, 0.12) ? null : notNull(random, type, depth)
}

function notNull(random: Random, type: GraphQLInputType, depth: number): unknown {
  if (isListType(type)) {
    const item = (type as GraphQLList<GraphQLInputType>).ofType
    // A single value stands for a list of it.
    if (chance(random, 0.1)) return notNull(random, isNonNullType(item) ? item.ofType : item, depth)
    return Array.from({ length: below(random, 4) }, () => randomValue(random, item, depth))
  }
  if (isEnumType(type)) return new EnumValue(oneOf(random, type.getValues()).name)
  if (isInputObjectType(type)) return inputObject(random, type, depth)
  switch (String(type)) {
    case 'Int':
      return oneOf(random, [0, 1, 2, 2, 3, 4])
    case 'Boolean':
      return chance(random, 0.5)
    case 'Float':
      return below(random, 100) / 4
    case 'ID':
      return `${oneOf(random, ['u', 'p', 'm', 'r'])}${1 + below(random, 60)}`
    default:
      return oneOf(random, ['', 'plain', 'quote " and \\ slash', 'två\nrader', '$not {a} #variable'])
  }
}

function inputObject(random: Random, type: GraphQLInputType, depth: number): Record<string, unknown> {
  if (!isInputObjectType(type)) return {}
  const value: Record<string, unknown> = {}
  for (const field of Object.values(type.getFields())) {
    const isNeeded = isNonNullType(field.type) && field.defaultValue === undefined
    if (!isNeeded && (depth > 1 || chance(random, 0.5))) continue
    value[field.name] = randomValue(random, field.type, depth + 1)
  }
  return value
}

/** A value as it is written in a document. */
export function literal(value: unknown): string {
  if (value instanceof EnumValue) return value.name
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([name, member]) => `${name}: ${literal(member)}`)
      .join(', ')}}`
  }
  return JSON.stringify(value)
}
