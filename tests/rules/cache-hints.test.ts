import { accessOf } from '@guildhall/kit/access'
import { rootFields } from '@guildhall/kit/conventions'
import { getDirectiveValues } from '@guildhall/kit/directives'
import { getNamedType, isObjectType } from 'graphql'
import { expect, it } from 'vitest'
import { type Domain, house, madeUp, typesOf } from './support/house.ts'

it('what is said to be the same for everybody asks nobody for rights', () => {
  expect(house.flatMap(hintProblems)).toEqual([])
})

it('notices each way of breaking the rule', () => {
  const posts = madeUp(
    'posts',
    {},
    `
    directive @cacheControl(maxAge: Int, scope: String, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT
    type Query {
      open: Int @public @cacheControl(maxAge: 5)
      mine: Int @authenticated @cacheControl(maxAge: 5, scope: PRIVATE)
      door: Int @authenticated @cacheControl(maxAge: 5)
      safe: Safe @public @cacheControl(scope: PUBLIC)
      drafts: Int @requiresScopes(scopes: [["x"]]) @cacheControl(scope: PUBLIC)
    }
    type Subscription { news: Int @authenticated @cacheControl(scope: PUBLIC) }
    type Safe @authenticated { gold: Int }
    type Box @cacheControl(maxAge: 5) { gold: Int @authenticated, lid: Int }`,
  )
  expect(hintProblems(posts).map((problem) => problem.replace(/:.*/, ''))).toEqual([
    'posts Query.door',
    'posts Query.drafts',
    'posts Query.safe',
    'posts Subscription.news',
    'posts Box.gold',
  ])
})

function hintProblems(domain: Domain): string[] {
  const roots = rootFields(domain)
    .filter(([, { astNode }]) => isPublicHint(getDirectiveValues(astNode, 'cacheControl')))
    .filter(([, { astNode, type }]) => accessOf(astNode)?.kind !== 'public' || isGuarded(getNamedType(type)))
    .map(([coordinate]) => coordinate)
  const inside = typesOf(domain)
    .filter(isObjectType)
    .filter((type) => !/^(Query|Mutation|Subscription)$/.test(type.name))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ astNode }) =>
          isPublicHint(
            getDirectiveValues(astNode, 'cacheControl') ?? getDirectiveValues(type.astNode, 'cacheControl'),
          ),
        )
        .filter((field) => isGuarded(field) || isGuarded(type) || isGuarded(getNamedType(field.type)))
        .map((field) => `${type.name}.${field.name}`),
    )
  return [...roots.sort(), ...inside].map(
    (coordinate) =>
      `${domain.domain} ${coordinate}: what a caller needs rights for is cached with \`scope: PRIVATE\` or not at all`,
  )
}

/** A hint with an age is public unless it says otherwise. */
const isPublicHint = (hint: Record<string, unknown> | null): boolean =>
  hint !== null && hint.scope !== 'PRIVATE' && (hint.scope === 'PUBLIC' || hint.maxAge !== undefined)

const isGuarded = ({ astNode }: { astNode?: Parameters<typeof getDirectiveValues>[0] }): boolean =>
  ['authenticated', 'requiresScopes', 'policy'].some((name) => getDirectiveValues(astNode, name) !== null)
