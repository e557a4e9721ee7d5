import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Supergraph } from '@apollo/federation-internals'
import { readConfig } from '@guildhall/kit/config'
import { readCostIndex } from '@guildhall/router/operations/demand/cost-index'
import { createDemandControl, defaultDemand } from '@guildhall/router/operations/demand/demand-control'
import type { Arrival } from '@guildhall/router/operations/gate'
import { defaultLimits, findExcess } from '@guildhall/router/operations/limits'
import { getIntrospectionQuery, getOperationAST, isObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { gateTuning } from '../../scripts/house/router-tuning.ts'
import { readSupergraph } from '../../scripts/house/supergraph.ts'
import { root } from './support/sources.ts'

const supergraph = Supergraph.build(readSupergraph(), { validateSupergraph: false, supportedFeatures: null })
const schema = supergraph.apiSchema().toGraphQLJSSchema()
const costs = readCostIndex(supergraph.schema.toGraphQLJSSchema())

const tuning = gateTuning(readConfig({}))
const limits = { ...defaultLimits, ...tuning.limits }
const demand = { ...defaultDemand, ...tuning.demand }
const costOf = createDemandControl(demand, limits.pageSize)

/** Text → where it stands. */
const ours = new Map<string, string>([
  ...globSync('tests/queries/*.graphql', { cwd: root }).map(
    (file) => [readFileSync(path.join(root, file), 'utf8'), file] as const,
  ),
  ...[...readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(/```graphql\n([\s\S]*?)```/g)].map(
    ([, text = '']) => [text, 'README.md'] as const,
  ),
])

it('every list that can be long says how its length is asked for', () => {
  const silent = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const),
    )
    .filter(
      ([coordinate, field]) => /Connection!?$/.test(String(field.type)) && !costs.listSizes.has(coordinate),
    )
  expect(silent.map(([coordinate]) => coordinate)).toEqual([])
  expect(costs.listSizes.size).toBeGreaterThan(15)
})

describe('what we ask ourselves is far below the limits of', () => {
  it.each([...ours].map(([text, place]) => ({ text, place })))('its cost: $place', ({ text }) => {
    const document = parse(text, { maxTokens: limits.tokens / 4 })
    const operation = getOperationAST(document)
    if (!operation) throw new Error('no operation')
    const arrival = { state: { schema, costs }, document, operation, variables: {} } as unknown as Arrival
    expect(costOf(arrival)).toBeLessThan(demand.maxCost / 4)
  })

  it('everything that is counted, with the question for the schema that tools ask', () => {
    const tools = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true })
    for (const text of [...ours.keys(), tools]) {
      expect(findExcess(parse(text), limits)).toEqual([])
    }
  })
})
