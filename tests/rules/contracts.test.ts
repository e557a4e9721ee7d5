import { readFileSync } from 'node:fs'
import path from 'node:path'
import { accessOf } from '@guildhall/kit/access'
import { rootFields } from '@guildhall/kit/conventions'
import { getAllDirectiveValues, getDirectiveValues } from '@guildhall/kit/directives'
import { everyProduct, type Product } from '@guildhall/kit/products'
import {
  buildSchema,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  validateSchema,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { house, isPlumbing, ownersOf, typesOf } from './support/house.ts'
import { root } from './support/sources.ts'

const read = (file: string) => buildSchema(readFileSync(path.join(root, 'schema', file), 'utf8'))
const owners = ownersOf(house)
const whole = fieldsOf(read('api.graphql'))
const contracts = everyProduct.map((product) => {
  const schema = read(`contracts/${product}.graphql`)
  return { product, schema, fields: fieldsOf(schema) }
})

const withoutProduct = house.filter(({ contract }) => contract.products.length === 0)

it('what no product shows is for those who run the house', () => {
  const doors = withoutProduct.flatMap((domain) =>
    rootFields(domain)
      .filter(([, field]) => !isPlumbing(field))
      .flatMap(([coordinate, { astNode }]) => {
        const access = accessOf(astNode)
        return access?.kind === 'scopes' ? access.scopes.flat() : [`${coordinate}: ${access?.kind}`]
      }),
  )
  const platform = withoutProduct.flatMap(({ contract }) =>
    Object.entries(contract.permissions).flatMap(([name, { heldBy, heldOn }]) =>
      heldBy.length === 0 && heldOn === undefined ? [name] : [],
    ),
  )
  expect(withoutProduct.map(({ domain }) => domain)).toEqual(['operations'])
  expect(doors.filter((door) => !platform.includes(door))).toEqual([])
})

it('every public field of the other domains belongs to a product', () => {
  const shown = new Set(contracts.flatMap(({ fields }) => fields))
  const offered = new Set(house.filter((one) => !withoutProduct.includes(one)).flatMap(fieldsIn))
  // Others know stubs of what belongs to them.
  const isTheirs = (field: string) =>
    withoutProduct.some(({ domain }) => owners.get(field.split('.')[0] ?? '') === domain)
  expect(
    whole.filter((field) => offered.has(field) && !isTheirs(field) && !shown.has(field)),
    'nobody can ask for it below /graphql/<product>: look at the products of its domain and of what it returns',
  ).toEqual([])
})

it('no product shows what operators see and do', () => {
  const theirs = withoutProduct
    .flatMap(fieldsIn)
    .filter((field) => /^(Query|Mutation|Subscription)\./.test(field) && whole.includes(field))
  expect(theirs.length).toBeGreaterThan(0)
  for (const { fields } of contracts) expect(fields.filter((field) => theirs.includes(field))).toEqual([])
})

describe.each(contracts)('the contract of $product', ({ product, schema, fields }) => {
  it('is a valid schema and part of the whole', () => {
    expect(validateSchema(schema)).toEqual([])
    expect(fields.filter((field) => !whole.includes(field))).toEqual([])
  })

  it('shows no field of another product', () => {
    const own = new Set(fieldsFor(product))
    expect(fields.filter((field) => !own.has(field))).toEqual([])
  })

  it('shows every root field of the domains that serve the product', () => {
    const roots = fieldsFor(product).filter((field) => /^(Query|Mutation|Subscription)\./.test(field))
    expect(roots.filter((field) => whole.includes(field) && !fields.includes(field))).toEqual([])
  })
})

/** Everything that some domain defines for a product, by its contract or by tags of its own. */
function fieldsFor(product: Product): string[] {
  return house.flatMap((domain) =>
    typesOf(domain)
      .filter(hasFields)
      .flatMap((type) =>
        Object.values(type.getFields())
          .filter(({ astNode }) => getDirectiveValues(astNode, 'external') === null)
          // Of an entity of another domain, the key is no part of what is offered.
          .filter(({ name }) => name !== 'id' || (owners.get(type.name) ?? domain.domain) === domain.domain)
          .filter(({ astNode }) => {
            const own = [astNode, type.astNode]
              .map((node) => getAllDirectiveValues([node], 'tag').map(({ name }) => name))
              .find((names) => names.length > 0)
            return (own ?? domain.contract.products).includes(product)
          })
          .map((field) => `${type.name}.${field.name}`),
      ),
  )
}

/** Everything that a domain defines or adds to. */
const fieldsIn = (domain: (typeof house)[number]): string[] =>
  typesOf(domain)
    .filter(hasFields)
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))

function fieldsOf(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter(hasFields)
    .filter((type) => !type.name.startsWith('__'))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
}

function hasFields(type: GraphQLNamedType): type is GraphQLObjectType | GraphQLInterfaceType {
  return isObjectType(type) || isInterfaceType(type)
}
