import {
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { expect, it } from 'vitest'
import { type Domain, house, isPlumbing, madeUp, typesOf, unique } from './support/house.ts'

it('names and shapes are those that clients know from the rest of the API', () => {
  expect(namingProblems(house)).toEqual([])
})

it('notices each way of breaking the rules', () => {
  const bad = madeUp(
    'posts',
    {},
    `
    scalar DateTime
    type Query { posts(limit: Int, open: Boolean): PostConnection hidden(open: Boolean): Int @internal }
    type Mutation { publish(id: ID!): Post  share(input: ShareInput!): SharePayload! }
    input ShareInput { when: DateTime startsAfter: DateTime isSilent: Boolean postId: ID! }
    type SharePayload { post: Post! }
    type Post { open: Boolean created: DateTime updatedAt: DateTime authorId: ID isOpen: Boolean removedPostId: ID Bad_name: Int }
    type PostConnection { nodes: [Post!]! }
    enum Mood { Good }`,
  )
  expect(namingProblems([bad])).toEqual([
    'posts Mood.Good: write enum values in SCREAMING_SNAKE_CASE',
    'posts Mutation.publish: answer `PublishPayload!`',
    'posts Mutation.publish: take one argument, `input: PublishInput!`',
    'posts Post.Bad_name: write fields in camelCase',
    'posts Post.authorId: give the object, not its id',
    'posts Post.created: end the name of an instant with At',
    'posts Post.open: begin the name of a boolean with is, has or can',
    'posts PostConnection: a connection has edges, nodes, pageInfo and totalCount; missing edges, pageInfo, totalCount',
    'posts Query.posts(open:): begin the name of a boolean with is, has or can',
    'posts Query.posts: page a connection with `first: Int = 20` and `after: String`',
    'posts ShareInput.when: end the name of an instant with At (After or Before in a filter)',
    'posts SharePayload.post: make it nullable, it is null when there are user errors',
    'posts SharePayload: a payload has `userErrors: [UserError!]!`',
  ])
})

function namingProblems(domains: readonly Domain[]): string[] {
  return unique(
    domains.flatMap((domain) =>
      typesOf(domain)
        .filter((type) => !isPlumbing(type))
        .flatMap((type) => {
          if (isEnumType(type)) {
            return type
              .getValues()
              .filter(({ name }) => !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name))
              .map(({ name }) => `${type.name}.${name}: write enum values in SCREAMING_SNAKE_CASE`)
          }
          if (isInputObjectType(type)) {
            return Object.values(type.getFields()).flatMap((field) =>
              input(`${type.name}.${field.name}`, field),
            )
          }
          if (isObjectType(type)) return [...outputs(type), ...shapes(type, domain)]
          return isInterfaceType(type) ? outputs(type) : []
        })
        .map((problem) => `${domain.domain} ${problem}`),
    ),
  )
}

interface Named<Type> {
  name: string
  type: Type
}

function outputs(type: Pick<GraphQLObjectType, 'name' | 'getFields'>): string[] {
  return Object.values(type.getFields())
    .filter((field) => !isPlumbing(field) && !field.name.startsWith('_'))
    .flatMap((field) => [
      ...output(`${type.name}.${field.name}`, field),
      ...field.args.flatMap((argument) => input(`${type.name}.${field.name}(${argument.name}:)`, argument)),
    ])
}

function output(coordinate: string, { name, type }: Named<GraphQLOutputType>): string[] {
  const problems = both(coordinate, { name, type })
  // A deadline is an instant by its very name.
  if (getNamedType(type).name === 'DateTime' && !/(^at|At|Deadline)$/.test(name)) {
    problems.push(`${coordinate}: end the name of an instant with At`)
  }
  // Of what was removed, the id is all that is left.
  if (/[a-z]Ids?$/.test(name) && !/^removed[A-Z]/.test(name))
    problems.push(`${coordinate}: give the object, not its id`)
  return problems
}

function input(coordinate: string, { name, type }: Named<GraphQLInputType>): string[] {
  const problems = both(coordinate, { name, type })
  if (getNamedType(type).name === 'DateTime' && !/(^at|At|Deadline|After|Before)$/.test(name)) {
    problems.push(`${coordinate}: end the name of an instant with At (After or Before in a filter)`)
  }
  return problems
}

function both(coordinate: string, { name, type }: Named<GraphQLInputType | GraphQLOutputType>): string[] {
  const problems: string[] = []
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) problems.push(`${coordinate}: write fields in camelCase`)
  if (getNamedType(type).name === 'Boolean' && !/^(is|has|can)[A-Z]/.test(name)) {
    problems.push(`${coordinate}: begin the name of a boolean with is, has or can`)
  }
  return problems
}

function shapes(type: GraphQLObjectType, { graphqlSchema }: Domain): string[] {
  const fields = Object.values(type.getFields()).filter((field) => !isPlumbing(field))
  const problems = fields.flatMap((field) => {
    if (!getNamedType(field.type).name.endsWith('Connection')) return []
    const [first, after] = ['first', 'after'].map((name) => field.args.find((arg) => arg.name === name))
    const isPaged =
      String(first?.type) === 'Int' && first?.defaultValue === 20 && String(after?.type) === 'String'
    return isPaged
      ? []
      : [`${type.name}.${field.name}: page a connection with \`first: Int = 20\` and \`after: String\``]
  })
  if (type.name.endsWith('Connection')) {
    const missing = ['edges', 'nodes', 'pageInfo', 'totalCount'].filter((name) => !type.getFields()[name])
    if (missing.length > 0) {
      problems.push(
        `${type.name}: a connection has edges, nodes, pageInfo and totalCount; missing ${missing.join(', ')}`,
      )
    }
  }
  if (type.name.endsWith('Payload')) problems.push(...payload(type))
  if (type === graphqlSchema.getMutationType()) problems.push(...fields.flatMap(mutation))
  return problems
}

function payload(type: GraphQLObjectType): string[] {
  const { userErrors, ...results } = type.getFields()
  return [
    ...(String(userErrors?.type) === '[UserError!]!'
      ? []
      : [`${type.name}: a payload has \`userErrors: [UserError!]!\``]),
    ...Object.values(results)
      .filter((field) => isNonNullType(field.type) && isObjectType(getNamedType(field.type)))
      .filter((field) => !String(field.type).startsWith('['))
      .map(({ name }) => `${type.name}.${name}: make it nullable, it is null when there are user errors`),
  ]
}

function mutation({ name, type, args }: ReturnType<GraphQLObjectType['getFields']>[string]): string[] {
  const base = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const problems: string[] = []
  const [only] = args
  if (args.length !== 1 || only?.name !== 'input' || String(only.type) !== `${base}Input!`) {
    problems.push(`Mutation.${name}: take one argument, \`input: ${base}Input!\``)
  }
  if (String(type) !== `${base}Payload!`) problems.push(`Mutation.${name}: answer \`${base}Payload!\``)
  return problems
}
