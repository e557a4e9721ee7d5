import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'

/** What dummies are made with. */
export interface DummyFacts {
  /** Argument `organizationId`: so that the question is the door, not what stands behind it. */
  organizationId: string
  /** An id that names nothing, of a type of the house if there is such a type. */
  unknownId(type: string): string
}

/** The fewest arguments that the schema accepts for a field. */
export function dummyArguments(
  field: GraphQLField<unknown, unknown>,
  facts: DummyFacts,
): Record<string, unknown> {
  const about = subjectOf(field)
  return Object.fromEntries(
    field.args.filter(isRequiredArgument).map(({ name, type }) => [name, dummy(name, type, about, facts)]),
  )
}

/** The type whose `id` a field is most likely to want: what it returns, or what its payload holds. */
function subjectOf(field: GraphQLField<unknown, unknown>): string {
  const returned = getNamedType(field.type)
  if (!isObjectType(returned) || !returned.name.endsWith('Payload')) return returned.name
  const held = Object.values(returned.getFields()).find(({ type }) => isObjectType(getNamedType(type)))
  return held ? getNamedType(held.type).name : returned.name
}

function dummy(name: string, type: GraphQLInputType, about: string, facts: DummyFacts): unknown {
  if (isNonNullType(type)) return dummy(name, type.ofType, about, facts)
  if (isListType(type)) return [dummy(name, type.ofType, about, facts)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter(isRequiredInputField)
        .map((field) => [field.name, dummy(field.name, field.type, about, facts)]),
    )
  }
  return scalar(name, type.name, about, facts)
}

function scalar(name: string, type: string, about: string, facts: DummyFacts): unknown {
  if (name === 'organizationId') return facts.organizationId
  switch (type) {
    case 'ID':
      return facts.unknownId(/Ids?$/.test(name) ? capitalized(name.replace(/Ids?$/, '')) : about)
    case 'Int':
    case 'Float':
      return 1
    case 'Boolean':
      return true
    case 'DateTime':
      return '2040-01-01T00:00:00.000Z'
    default:
      return /email/i.test(name) ? 'nobody@example.org' : 'Europe/Zurich'
  }
}

const capitalized = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`
