import { composeServices } from '@apollo/composition'
import { operationFromDocument } from '@apollo/federation-internals'
import { buildOperationContext, executeQueryPlan, type ServiceMap } from '@apollo/gateway'
import type { SubgraphRequest, SubgraphUpstream } from '@guildhall/kit/upstream'
import { type ExecutionResult, execute, getOperationAST, parse, validate } from 'graphql'
import { type Grants, noGrants } from '../../access/auth-index.ts'
import { planFor } from '../../execution/plans.ts'
import { requestContext } from '../../execution/request-context.ts'
import { openScope, type RequestScope } from '../../execution/request-scope.ts'
import { runOperation } from '../../execution/run-operation.ts'
import { GuildGateway } from '../../schema/gateway.ts'
import { deliverSchema, type SchemaState } from '../../schema/schema-state.ts'
import { wholeApi } from '../../schema/views.ts'
import { type ShopSubgraph, shopSubgraphs } from './shop-subgraphs.ts'

type Variables = Record<string, unknown>

/** What reached subgraphs: `name text`. */
export interface Sent extends Pick<SubgraphRequest, 'query' | 'variables'> {
  subgraph: string
}

export interface Shop {
  state: SchemaState
  sent: Sent[]
  told: unknown[]
  /** Those that subgraphs were given, in the order of `sent`. */
  signals: (AbortSignal | undefined)[]
  /** Answers instead of a subgraph while it is set. */
  intercept: ((sent: Sent) => ExecutionResult | Promise<ExecutionResult> | undefined) | undefined
  /** Through our executor. */
  run(
    query: string,
    variables?: Variables,
    options?: { operationName?: string; event?: ExecutionResult; scope?: RequestScope },
  ): Promise<ExecutionResult>
  /** The same plan through the gateway's. */
  reference(query: string, variables?: Variables, operationName?: string): Promise<ExecutionResult>
}

const silent = () => {}
const grants: Grants = noGrants

/** The shop's subgraphs behind the executor alone, without HTTP or sockets. */
export async function openShop(subgraphs: readonly ShopSubgraph[] = shopSubgraphs): Promise<Shop> {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, typeDefs }) => ({ name, url: '', typeDefs: parse(typeDefs) })),
  )
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'))
  const gateway = GuildGateway.create({
    supergraphSdl,
    isServed: () => true,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  const sent: Sent[] = []
  /** Plain JSON, as it would come over the network. */
  const answer = async ({ name, schema }: ShopSubgraph, query: string, variables: Variables = {}) => {
    const request = { subgraph: name, query, variables: JSON.parse(JSON.stringify(variables)) }
    sent.push(request)
    const instead = await shop.intercept?.(request)
    if (instead) return instead
    const problems = validate(schema, parse(query))
    if (problems.length > 0) return { errors: problems }
    const result = await execute({ schema, document: parse(query), variableValues: request.variables })
    return JSON.parse(JSON.stringify(result)) as ExecutionResult
  }
  const upstream = (subgraph: ShopSubgraph): SubgraphUpstream => ({
    execute({ query, variables, signal }) {
      shop.signals.push(signal)
      return answer(subgraph, query, variables)
    },
    subscribe: () => Promise.reject(new Error('not served')) as never,
    close: async () => {},
  })
  const upstreams = Object.fromEntries(subgraphs.map((one) => [one.name, upstream(one)]))
  const services: ServiceMap = Object.fromEntries(
    subgraphs.map((one) => [
      one.name,
      { process: ({ request }) => answer(one, request.query ?? '', request.variables) as never },
    ]),
  )
  const schemas = await deliverSchema(gateway, upstreams, [])
  const state = schemas.now()
  const view = state.views.get(wholeApi)
  if (!view) throw new Error('there is no view of everything')

  const read = (query: string, operationName?: string) => {
    const document = parse(query)
    const [problem] = validate(state.schema, document)
    if (problem) throw problem
    const operation = getOperationAST(document, operationName)
    if (!operation) throw new Error('no such operation')
    return { hash: query, document, operation, operationName }
  }
  const shop: Shop = {
    state,
    sent,
    told: [],
    signals: [],
    intercept: undefined,
    async run(query, variables = {}, { operationName, event, scope = openScope(5_000) } = {}) {
      const planned = planFor(state, { ...read(query, operationName), variables }, grants)
      const caller = {
        caller: { kind: 'anonymous' as const },
        grants,
        payer: { kind: 'address' as const, id: '127.0.0.1' },
        signedContext: async () => undefined,
      }
      const context = requestContext(caller, 'request-1', scope)
      try {
        const logger = { debug: (facts: unknown) => void shop.told.push(facts) }
        return await runOperation(planned, { view, variables, context, event }, logger)
      } finally {
        scope.end()
      }
    },
    async reference(query, variables = {}, operationName) {
      const { document } = read(query, operationName)
      const named = operationName === undefined ? {} : { operationName }
      const plan = state.planner.buildQueryPlan(
        operationFromDocument(state.apiSchema, document, { validate: false, ...named }),
      )
      const context = { request: { variables }, context: {}, metrics: {}, logger: { error: silent } }
      const operationContext = buildOperationContext({
        schema: state.schema,
        operationDocument: document,
        ...named,
      })
      const { data, errors } = await executeQueryPlan(
        plan,
        services,
        context as never,
        operationContext,
        state.supergraphSchema,
        state.apiSchema,
      )
      return { data: data ?? null, ...(errors ? { errors: errors as never } : {}) }
    },
  }
  return shop
}

/** Errors as text, in an order that does not depend on which subgraph was faster. */
export const told = ({ errors }: ExecutionResult): string[] =>
  [...new Set((errors ?? []).map(({ message, path }) => `${path?.join('.') ?? '-'}: ${message}`))].sort()
