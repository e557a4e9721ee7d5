import { getDirectiveValues } from '@guildhall/kit/directives'
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { expect, it } from 'vitest'
import { type Domain, house, madeUp, ownersOf, typesOf, unique } from './support/house.ts'

it('a field that depends on another domain may be null, so that a slow domain does not take the page with it', () => {
  expect(seamProblems(house)).toEqual([])
})

it('notices each way of breaking the rule', () => {
  const users = madeUp('users', { usr: 'User' }, 'type User @key(fields: "id") { id: ID! }')
  const posts = madeUp(
    'posts',
    { pst: 'Post' },
    `
    interface Node { id: ID! }
    type Post implements Node { id: ID! author: User! readers: [User!] likers: [User] subject: Node! tags: [String!]! }
    type User implements Node @key(fields: "id") { id: ID! posts: [Post!]! name: String }`,
  )
  expect(seamProblems([users, posts]).map((problem) => problem.replace(/:.*/, ''))).toEqual([
    'posts Post.author',
    'posts Post.readers',
    'posts Post.subject',
    'posts User.posts',
  ])
})

function seamProblems(domains: readonly Domain[]): string[] {
  const owners = ownersOf(domains)
  return unique(
    domains.flatMap((domain) => {
      const isForeign = (type: string) => (owners.get(type) ?? domain.domain) !== domain.domain
      return typesOf(domain)
        .filter(isObjectType)
        .flatMap((type) =>
          Object.values(type.getFields())
            .filter((field) => !isKey(field.name) && !getDirectiveValues(field.astNode, 'external'))
            .flatMap((field) => {
              const where = `${domain.domain} ${type.name}.${field.name}: ${String(field.type)}`
              if (mayBe(field.type, domain.graphqlSchema).some(isForeign) && !isNullable(field.type)) {
                return [`${where} reaches into another domain: make it nullable (a list and its items, too)`]
              }
              if (isForeign(type.name) && isNonNullType(field.type)) {
                return [`${where} is added to an entity of ${owners.get(type.name)}: make the field nullable`]
              }
              return []
            }),
        )
    }),
  )
}

/** The key itself, and federation's own `_entities`. */
const isKey = (name: string): boolean => name === 'id' || name.startsWith('_')

/** The object types that can come out of a field. */
function mayBe(type: GraphQLOutputType, schema: GraphQLSchema): string[] {
  const named = getNamedType(type)
  return isAbstractType(named) ? schema.getPossibleTypes(named).map(({ name }) => name) : [named.name]
}

/** On every level: the field, and the items of a list. */
function isNullable(type: GraphQLOutputType): boolean {
  if (isNonNullType(type)) return false
  return isListType(type) ? isNullable(type.ofType) : true
}
