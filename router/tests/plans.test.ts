import { getOperationAST, parse } from 'graphql'
import { expect, it, vi } from 'vitest'
import type { Grants } from '../access/auth-index.ts'
import { planFor } from '../execution/plans.ts'
import { GuildGateway } from '../schema/gateway.ts'
import { deliverSchema } from '../schema/schema-state.ts'
import { createToyState, notesToy, peopleToy } from './support/toy-subgraphs.ts'
import { composeToys, createSigner } from './support/world.ts'

async function loadState() {
  const { verify } = await createSigner()
  const toys = createToyState()
  const silent = () => {}
  const gateway = GuildGateway.create({
    supergraphSdl: composeToys([notesToy(toys, verify), peopleToy(toys, verify)]),
    isServed: () => true,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const schemas = await deliverSchema(gateway, {}, [])
  return schemas.now()
}

const grants = (...scopes: string[]): Grants => ({
  authenticated: true,
  scopes: new Set(scopes),
  policies: new Set(),
})

it('plans an operation once for all who may see the same parts of it, and anew for others', async () => {
  const state = await loadState()
  const planned = vi.spyOn(state.planner, 'buildQueryPlan')
  const plan = (query: string, held: Grants, operationName?: string) => {
    const document = parse(query)
    const operation = getOperationAST(document, operationName)
    if (!operation) throw new Error('no operation')
    return planFor(state, { hash: query, document, operation, operationName, variables: {} }, held)
  }
  const query = '{ note { id secret } }'
  const denied = plan(query, grants())
  expect(denied.denied).toHaveLength(1)
  expect(plan(query, grants('notes:read', 'unrelated'))).toBe(denied)
  expect(planned).toHaveBeenCalledTimes(1)

  const allowed = plan(query, grants('admin'))
  expect(allowed.denied).toEqual([])
  expect(plan(query, grants('notes:read', 'notes:secret'))).toBe(allowed)
  expect(plan(query, grants())).toBe(denied)
  expect(planned).toHaveBeenCalledTimes(2)

  const two = 'query A { note { id } } query B { note { title } }'
  expect(plan(two, grants(), 'A')).not.toBe(plan(two, grants(), 'B'))
  // What the operation does not touch does not divide its callers.
  expect(plan(two, grants('admin'), 'A')).toBe(plan(two, grants(), 'A'))
  expect(planned).toHaveBeenCalledTimes(4)
})

it('refuses a gateway that keeps its parts elsewhere', () => {
  const silent = () => {}
  const gateway = GuildGateway.create({
    supergraphSdl: '',
    isServed: () => true,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  expect(() => gateway.snapshot()).toThrow(
    /is not the pinned version: it has no compositionId, schema, apiSchema/,
  )
})
