import { pushIterator } from '@guildhall/kit/push-iterator'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { type ExecutionResult, getOperationAST, parse } from 'graphql'
import { expect, it } from 'vitest'
import type { Grants } from '../access/auth-index.ts'
import { unknownClient } from '../callers/client.ts'
import { payerOf } from '../callers/payer.ts'
import type { ResolvedCaller } from '../execution/request-context.ts'
import { createStreams } from '../live/streams.ts'
import { planStream, type SubscriptionRequest } from '../live/subscriptions.ts'
import { GuildGateway } from '../schema/gateway.ts'
import { deliverSchema } from '../schema/schema-state.ts'
import { createToyState, notesToy, peopleToy } from './support/toy-subgraphs.ts'
import { composeToys, createSigner, until } from './support/world.ts'

const query = 'subscription { noteAdded { id secret } }'

const person = (userId: string, ...scopes: string[]): ResolvedCaller => {
  const grants: Grants = { authenticated: true, scopes: new Set(scopes), policies: new Set() }
  const caller = { kind: 'user' as const, userId, sessionId: 's', platformRoles: scopes, grants: {} }
  return { caller, grants, payer: payerOf(caller, unknownClient), signedContext: async () => userId }
}

it('asks for each event who may see it: whoever may see less leaves with an error, the others go on', async () => {
  let push: (event: ExecutionResult) => void = () => {}
  let opened = 0
  const notes: SubgraphUpstream = {
    execute: () => Promise.reject(new Error('not asked')),
    subscribe: () =>
      pushIterator<ExecutionResult>((sink) => {
        opened += 1
        push = sink.push
        return () => {}
      }),
    close: async () => {},
  }
  const { verify } = await createSigner()
  const toys = createToyState()
  const silent = () => {}
  const logger = { debug: silent, info: silent, warn: silent, error: silent }
  const gateway = GuildGateway.create({
    supergraphSdl: composeToys([notesToy(toys, verify), peopleToy(toys, verify)]),
    isServed: () => true,
    logger,
  })
  const schemas = await deliverSchema(gateway, { notes, people: notes }, [])
  const view = schemas.now().views.get('')
  if (!view) throw new Error('no view')
  const streams = createStreams({
    sharing: true,
    deadlineMs: 1_000,
    logger,
    mask: (result) => result,
    isPublic: () => false,
    nobody: () => Promise.reject(new Error('not asked')),
  })
  const document = parse(query)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const trace = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), sampled: false }
  const request: SubscriptionRequest = {
    hash: query,
    document,
    operation,
    operationName: undefined,
    variables: {},
    requestId: 'r',
    trace,
  }

  const join = (first: ResolvedCaller) => {
    const member = { caller: first, received: [] as unknown[], ended: [] as unknown[] }
    const stream = planStream(view, request, first)
    if (!('primary' in stream)) throw new Error('refused')
    streams.join(stream, {
      caller: () => member.caller,
      next: (payload) => void member.received.push(JSON.parse(payload)),
      taken: () => undefined,
      end: (error) => void member.ended.push(error),
    })
    return member
  }
  const staying = join(person('ada', 'admin'))
  const losing = join(person('ada', 'admin'))
  await until(() => opened === 1)
  const event = (id: string) => ({ data: { noteAdded: { id, secret: 's' } } })
  push(event('n1'))
  await until(() => staying.received.length === 1 && losing.received.length === 1)

  losing.caller = person('ada')
  push(event('n2'))
  await until(() => staying.received.length === 2)
  expect(opened).toBe(1)
  expect(losing.received).toEqual([event('n1')])
  expect(losing.ended).toMatchObject([
    { path: ['noteAdded', 'secret'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } },
  ])
  expect(staying.ended).toEqual([])
  expect(streams.counts()).toEqual({ streams: 1, subscribers: 1, opened: 1 })
})
