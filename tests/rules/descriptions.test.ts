import { isTypeDefinitionNode, Kind, type TypeDefinitionNode } from 'graphql'
import { expect, it } from 'vitest'
import { type Domain, house, madeUp, ownersOf, unique } from './support/house.ts'

it('every type, field, argument, enum value and input field says what it is', () => {
  expect(descriptionProblems(house)).toEqual([])
})

it('notices each kind of element', () => {
  const posts = madeUp(
    'posts',
    { pst: 'Post' },
    `
    "x" interface Node { "x" id: ID! }
    type Query { "x" post(id: ID!): Post }
    type Post implements Node @key(fields: "id") { id: ID! title: String }
    type User @key(fields: "id") { id: ID! posts: [Post] }
    "x" enum Mood { GOOD }
    "x" input Draft { title: String }`,
  )
  const users = madeUp('users', { usr: 'User' }, '"x" type User @key(fields: "id") { "x" id: ID! }')
  expect(descriptionProblems([posts, users])).toEqual(
    ['Draft.title', 'Mood.GOOD', 'Post', 'Post.title', 'Query.post(id:)', 'User.posts'].map(
      (coordinate) => `posts ${coordinate} has no description: say what it is, then its rules`,
    ),
  )
})

/** The root types are described where they are composed, another domain's entity by that domain. */
function descriptionProblems(domains: readonly Domain[]): string[] {
  const owners = ownersOf(domains)
  return unique(
    domains.flatMap(({ domain, typeDefs }) => {
      const interfaceFields = new Set(
        typeDefs.definitions
          .filter((definition) => definition.kind === Kind.INTERFACE_TYPE_DEFINITION)
          .flatMap((type) => (type.fields ?? []).map((field) => `${type.name.value}.${field.name.value}`)),
      )
      return typeDefs.definitions
        .filter(isTypeDefinitionNode)
        .flatMap((type) => {
          const isForeign = (owners.get(type.name.value) ?? domain) !== domain
          return undescribed(type, interfaceFields).filter(
            (coordinate) =>
              !/^(Query|Mutation|Subscription)$/.test(coordinate) &&
              !(isForeign && /^\w+(\.id)?$/.test(coordinate)),
          )
        })
        .map((coordinate) => `${domain} ${coordinate} has no description: say what it is, then its rules`)
    }),
  )
}

/** Coordinates without a description; a field that an interface has inherits that of the interface. */
function undescribed(type: TypeDefinitionNode, interfaceFields: ReadonlySet<string>): string[] {
  const name = type.name.value
  const missing = type.description ? [] : [name]
  const report = (element: { description?: unknown }, coordinate: string) => {
    if (!element.description) missing.push(coordinate)
  }
  if (type.kind === Kind.ENUM_TYPE_DEFINITION) {
    for (const value of type.values ?? []) report(value, `${name}.${value.name.value}`)
  } else if (type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
    for (const field of type.fields ?? []) report(field, `${name}.${field.name.value}`)
  } else if (type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION) {
    for (const field of type.fields ?? []) {
      const coordinate = `${name}.${field.name.value}`
      const isInherited = type.interfaces?.some((one) =>
        interfaceFields.has(`${one.name.value}.${field.name.value}`),
      )
      if (!isInherited) report(field, coordinate)
      for (const argument of field.arguments ?? []) report(argument, `${coordinate}(${argument.name.value}:)`)
    }
  }
  return missing
}
