import { parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { makePlannable } from '../../execution/plannable.ts'

const names = new Set(['product', 'upc', 'name', 'weight', 'name_'])
const plannable = (query: string, values: Record<string, boolean> = {}) => {
  const { document, renamed } = makePlannable(parse(query), new Map(Object.entries(values)), names)
  return [print(document).replace(/\s+/g, ' '), Object.fromEntries(renamed)]
}

describe('conditions', () => {
  it('are decided before the plan is made', () => {
    const query =
      'query ($a: Boolean!, $b: Boolean!) { product @include(if: $a) { upc @skip(if: $b) name } weight @skip(if: true) }'
    expect(plannable(query, { a: true, b: false })[0]).toBe(
      'query ($a: Boolean!, $b: Boolean!) { product { upc name } }',
    )
    expect(plannable(query, { a: true, b: true })[0]).toBe(
      'query ($a: Boolean!, $b: Boolean!) { product { name } }',
    )
    expect(plannable(query, { a: false, b: true })[0]).toBe(
      'query ($a: Boolean!, $b: Boolean!) { __typename }',
    )
  })

  it('that leave nothing of an object leave the question whether it is there', () => {
    expect(
      plannable(
        '{ product { ...Gone ... @include(if: false) { upc } } } fragment Gone on Product { name @skip(if: true) }',
      )[0],
    ).toBe('{ product { ...Gone } } fragment Gone on Product { __typename }')
  })
})

describe('aliases', () => {
  it('that are names of fields are replaced by names that nobody uses', () => {
    expect(
      plannable(
        '{ product { weight: name upc: name mine: upc name: upc ...More } } fragment More on Product { weight: name }',
      ),
    ).toEqual([
      '{ product { weight_: name upc_: name mine: upc name__: upc ...More } } fragment More on Product { weight_: name }',
      { weight: 'weight_', upc: 'upc_', name: 'name__' },
    ])
  })

  it('that say what is there anyway stay', () => {
    expect(plannable('{ product { upc: upc weight_: name weight: name } }')).toEqual([
      '{ product { upc: upc weight_: name weight__: name } }',
      { upc: 'upc_', weight: 'weight__' },
    ])
  })
})

it('leaves alone what needs nothing', () => {
  const document = parse('{ product { upc } }')
  expect(makePlannable(document, new Map(), names).document).toBe(document)
})
