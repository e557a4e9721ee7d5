import { readFileSync } from 'node:fs'
import path from 'node:path'
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
import { house, ownersOf, typesOf } from './support/house.ts'
import { root } from './support/sources.ts'

const read = (file: string) => buildSchema(readFileSync(path.join(root, 'schema', file), 'utf8'))
const owners = ownersOf(house)
const whole = fieldsOf(read('api.graphql'))
const contracts = everyProduct.map((product) => {
  const schema = read(`contracts/${product}.graphql`)
  return { product, schema, fields: fieldsOf(schema) }
})

it('every domain says whose products it serves', () => {
  expect(house.filter(({ contract }) => contract.products.length === 0).map(({ domain }) => domain)).toEqual(
    [],
  )
})

it('every public field belongs to a product', () => {
  const shown = new Set(contracts.flatMap(({ fields }) => fields))
  expect(
    whole.filter((field) => !shown.has(field)),
    'nobody can ask for it below /graphql/<product>: look at the products of its domain and of what it returns',
  ).toEqual([])
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

function fieldsOf(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter(hasFields)
    .filter((type) => !type.name.startsWith('__'))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
}

function hasFields(type: GraphQLNamedType): type is GraphQLObjectType | GraphQLInterfaceType {
  return isObjectType(type) || isInterfaceType(type)
}
