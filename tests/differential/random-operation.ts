import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql'
import { below, chance, literal, oneOf, type Random, randomValue } from './random-values.ts'

/** A request, as a client sends it. */
export interface RandomOperation {
  query: string
  variables: Record<string, unknown>
  operationName?: string
}

/** What one operation is made with. */
interface Draft {
  schema: GraphQLSchema
  random: Random
  variables: { declaration: string; name: string }[]
  values: Record<string, unknown>
  fragments: { name: string; on: GraphQLCompositeType; text: string }[]
  /** How many more fields there may be. */
  budget: number
  aliases: number
}

const maxDepth = 6

/** A valid query of everything that a query may consist of. */
export function randomOperation(schema: GraphQLSchema, random: Random): RandomOperation {
  for (let attempt = 0; attempt < 200; attempt++) {
    const operation = draftOperation(schema, random)
    // Two fields under one name with different arguments: easier to notice than to avoid.
    if (validate(schema, parse(operation.query)).length === 0) return operation
  }
  throw new Error('no valid operation in 200 attempts')
}

function draftOperation(schema: GraphQLSchema, random: Random): RandomOperation {
  const draft: Draft = {
    schema,
    random,
    variables: [],
    values: {},
    fragments: [],
    budget: 6 + below(random, 40),
    aliases: 0,
  }
  const query = schema.getQueryType()
  if (!query) throw new Error('a schema without queries')
  const selection = selectionSet(draft, query, 0)
  const declared = draft.variables.map(({ declaration }) => declaration).join(', ')
  const isNamed = chance(random, 0.3)
  const operation = `query${isNamed ? ' Asked' : ''}${declared ? `(${declared})` : ''} ${selection}`
  const further = isNamed && chance(random, 0.3) ? ['query Other { __typename }'] : []
  const fragments = draft.fragments.map(({ name, on, text }) => `fragment ${name} on ${on.name} ${text}`)
  return {
    query: [...further, operation, ...fragments].join('\n'),
    variables: JSON.parse(JSON.stringify(draft.values)),
    ...(further.length > 0 ? { operationName: 'Asked' } : {}),
  }
}

function selectionSet(draft: Draft, type: GraphQLCompositeType, depth: number): string {
  const { random } = draft
  const parts: string[] = []
  const count = 1 + below(random, depth === 0 ? 5 : 4)
  for (let at = 0; at < count && (at === 0 || draft.budget > 0); at++)
    parts.push(selection(draft, type, depth))
  // The same again: fields under one name are one field with all their selections.
  if (chance(random, 0.1)) parts.push(oneOf(random, parts))
  return `{ ${parts.join(' ')} }`
}

function selection(draft: Draft, type: GraphQLCompositeType, depth: number): string {
  const { random } = draft
  const roll = random()
  if (draft.budget <= 0 || roll < (isUnionType(type) ? 0.2 : 0.08)) return typename(draft)
  if (isUnionType(type) || roll < (isAbstractType(type) ? 0.5 : 0.22)) {
    return depth < maxDepth + 2 ? fragment(draft, type, depth) : typename(draft)
  }
  const fields = Object.values(type.getFields())
  const usable = fields.filter((one) => depth < maxDepth || !isCompositeType(getNamedType(one.type)))
  return usable.length > 0 ? field(draft, oneOf(random, usable), depth) : typename(draft)
}

function typename({ random }: Draft): string {
  return chance(random, 0.4) ? 'kind: __typename' : '__typename'
}

function field(draft: Draft, definition: GraphQLField<unknown, unknown>, depth: number): string {
  const { random } = draft
  draft.budget--
  const given = definition.args.map((one) => argument(draft, definition, one)).filter(Boolean)
  // With arguments nearly always under a name of its own, or it would be at odds with the same field elsewhere.
  const isAliased = chance(random, given.length > 0 ? 0.9 : 0.2)
  const alias = isAliased ? `${aliasFor(draft, definition.name)}: ` : ''
  const args = given.length > 0 ? `(${given.join(', ')})` : ''
  const type = getNamedType(definition.type)
  const selected = isCompositeType(type) ? ` ${selectionSet(draft, type, depth + 1)}` : ''
  return `${alias}${definition.name}${args}${condition(draft)}${selected}`
}

/** One that occurs once, or the name of some other field, which may be at odds with that field elsewhere. */
function aliasFor(draft: Draft, name: string): string {
  const { random } = draft
  if (!chance(random, 0.08)) return `${oneOf(random, ['a', 'b', 'name', 'id'])}${draft.aliases++}`
  return oneOf(
    random,
    ['weight', 'price', 'upc', 'id', 'name', 'title'].filter((other) => other !== name),
  )
}

function fragment(draft: Draft, type: GraphQLCompositeType, depth: number): string {
  const { random, schema } = draft
  const known = draft.fragments.filter(({ on }) => overlaps(schema, on, type))
  if (known.length > 0 && chance(random, 0.3)) return `...${oneOf(random, known).name}${condition(draft)}`
  const on = oneOf(random, conditionsFor(schema, type))
  const text = selectionSet(draft, on, depth + 1)
  if (chance(random, 0.35)) {
    const name = `F${draft.fragments.length}`
    draft.fragments.push({ name, on, text })
    return `...${name}${condition(draft)}`
  }
  // An inline fragment needs no type where it stands for the same.
  return on === type && chance(random, 0.5)
    ? `...${condition(draft)} ${text}`
    : `... on ${on.name}${condition(draft)} ${text}`
}

/** Every type that an object of `type` can have. */
const conditionsFor = (schema: GraphQLSchema, type: GraphQLCompositeType): GraphQLCompositeType[] =>
  Object.values(schema.getTypeMap()).filter(
    (other): other is GraphQLCompositeType =>
      isCompositeType(other) && !other.name.startsWith('__') && overlaps(schema, other, type),
  )

function overlaps(schema: GraphQLSchema, one: GraphQLCompositeType, other: GraphQLCompositeType): boolean {
  const possible = (type: GraphQLCompositeType) =>
    isAbstractType(type) ? schema.getPossibleTypes(type) : [type]
  return possible(one).some((type) => isObjectType(type) && possible(other).includes(type))
}

function condition(draft: Draft): string {
  const { random } = draft
  if (!chance(random, 0.14)) return ''
  const one = (name: string) => `@${name}(if: ${flag(draft)})`
  return ` ${chance(random, 0.15) ? `${one('skip')} ${one('include')}` : one(oneOf(random, ['skip', 'include']))}`
}

/** A literal or a variable that may have a default; few variables, so that they are used several times. */
function flag(draft: Draft): string {
  const { random } = draft
  if (chance(random, 0.3)) return String(chance(random, 0.5))
  const name = `c${below(random, 4)}`
  if (!draft.variables.some((variable) => variable.name === name)) {
    const hasDefault = chance(random, 0.4)
    draft.variables.push({
      name,
      declaration: `$${name}: Boolean!${hasDefault ? ` = ${chance(random, 0.5)}` : ''}`,
    })
    if (!hasDefault || chance(random, 0.5)) draft.values[name] = chance(random, 0.5)
  }
  return `$${name}`
}

/** Nothing where the argument is left out. */
function argument(
  draft: Draft,
  of: GraphQLField<unknown, unknown>,
  { name, type, defaultValue }: GraphQLArgument,
): string {
  const { random } = draft
  const isNeeded = isNonNullType(type) && defaultValue === undefined
  if (!isNeeded && chance(random, 0.35)) return ''
  const value = aptValue(draft, of.name, name) ?? randomValue(random, type)
  if (chance(random, 0.5)) return `${name}: ${literal(value)}`

  const variable = `v${draft.variables.length}`
  const hasDefault = chance(random, 0.3)
  draft.variables.push({
    name: variable,
    declaration: `$${variable}: ${type}${hasDefault ? ` = ${literal(randomValue(random, type))}` : ''}`,
  })
  const isLeftOut = (hasDefault || !isNonNullType(type)) && chance(random, 0.25)
  if (!isLeftOut) draft.values[variable] = value
  return `${name}: $${variable}`
}

const prefixes: Readonly<Record<string, string>> = {
  user: 'u',
  people: 'u',
  product: 'p',
  catalogue: 'p',
  publication: 'm',
  publications: 'm',
  review: 'r',
}

/** Ids of the kind that the field looks for, mostly. */
function aptValue({ random }: Draft, field: string, argument: string): unknown {
  const prefix = prefixes[field]
  if (!prefix || chance(random, 0.05)) return undefined
  const id = () => `${prefix}${1 + below(random, 60)}`
  if (argument === 'id' || argument === 'upc') return id()
  return argument === 'ids' || argument === 'upcs' ? Array.from({ length: below(random, 5) }, id) : undefined
}
