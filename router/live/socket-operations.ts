import { randomUUID } from 'node:crypto'
import { StreamOverflow } from '@guildhall/kit/push-iterator'
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql'
import type { ServerOptions } from 'graphql-ws'
import { requestContext } from '../execution/request-context.ts'
import type { ApolloServers } from '../operations/apollo-servers.ts'
import { containsSubscription, type Documents } from '../operations/documents.ts'
import { type ErrorMask, noSuchView } from '../operations/errors.ts'
import type { Gate } from '../operations/gate.ts'
import type { PersistedOperations } from '../operations/persisted.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import type { SchemaView } from '../schema/views.ts'
import { closeCodes, type SocketSession } from './socket-session.ts'
import { type SubscriptionOptions, type SubscriptionRequest, subscribe } from './subscriptions.ts'

/** What graphql-ws keeps per socket. */
export interface SocketExtra extends Record<PropertyKey, unknown> {
  session: SocketSession
  /** The view that the socket's path names. */
  view: string
}

/** What operations over sockets are run with: the same parts that serve HTTP. */
export interface SocketOperations {
  schemas: SchemaDelivery
  apollo: ApolloServers
  gate: Gate
  documents: Documents
  persisted: PersistedOperations
  mask: ErrorMask
  logger: SubscriptionOptions['logger']
  deadlineMs: number
}

/** What `onSubscribe` found out about an operation, for `subscribe` and `execute`. */
interface PreparedArgs extends ExecutionArgs {
  contextValue: Prepared
}
interface Prepared {
  id: string
  session: SocketSession
  requestId: string
  query: string
  view: SchemaView
  subscription: SubscriptionRequest
}

type Hooks = Pick<
  ServerOptions<Record<string, unknown>, SocketExtra>,
  'onSubscribe' | 'execute' | 'subscribe' | 'onNext' | 'onError' | 'onComplete'
>

/**
 * Queries and mutations go through Apollo Server as if they had come over HTTP; subscriptions, which it cannot run, get
 * the same limits, validation, access filter and masking.
 */
export function socketOperations(options: SocketOperations): Hooks {
  const { apollo, gate, documents, persisted, mask } = options

  const prepare = async (
    { session, view: viewName }: SocketExtra,
    id: string,
    payload: Parameters<NonNullable<Hooks['onSubscribe']>>[2],
  ): Promise<PreparedArgs | readonly GraphQLError[]> => {
    const view = options.schemas.now().views.get(viewName)
    if (!view) return [noSuchView()]
    const query = persisted.textOf(payload)
    if (typeof query !== 'string') return [query]
    const { document, hash } = documents.parse(query)
    const operationName = payload.operationName ?? undefined
    const operation = getOperationAST(document, operationName)
    if (!operation) return [unresolved()]
    if (containsSubscription(document)) {
      const errors = documents.validate(view.schema, document)
      if (errors.length > 0) return errors
    }
    const variables = payload.variables ?? {}
    // Of queries and mutations, Apollo Server asks the gate.
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      await gate.admit({ state: view.state, document, operation, variables, caller: session.caller() })
    }
    const requestId = randomUUID()
    const subscription: SubscriptionRequest = {
      hash,
      document,
      operation,
      operationName,
      variables,
      requestId,
      caller: session.caller,
    }
    return {
      schema: view.schema,
      document,
      operationName,
      variableValues: variables,
      contextValue: {
        id,
        session,
        requestId,
        query,
        view,
        subscription,
      },
    }
  }

  return {
    async onSubscribe({ extra }, id, payload) {
      try {
        return await prepare(extra, id, payload)
      } catch (error) {
        return [refusalOf(error)]
      }
    },
    async execute(args) {
      const { id, session, requestId, query, view, subscription } = (args as PreparedArgs).contextValue
      const { operationName, variables } = subscription
      const request = {
        query,
        variables,
        ...(operationName === undefined ? {} : { operationName }),
      }
      try {
        return await session.run(id, async (scope) => {
          const contextValue = requestContext(session.caller(), requestId, scope)
          const server = await apollo.for(view.name)
          if (!server) throw noSuchView()
          const { body } = await server.executeOperation(request, { contextValue })
          if (body.kind !== 'single') throw new Error('the gateway cannot answer in parts')
          return body.singleResult as ExecutionResult
        })
      } catch (error) {
        return maskResult({ errors: [error as GraphQLError] }, mask)
      }
    },
    async subscribe(args) {
      const { view, subscription } = (args as PreparedArgs).contextValue
      try {
        const start = await subscribe(view, subscription, options)
        return Symbol.asyncIterator in start ? maskedStream(start, mask) : maskResult(start, mask)
      } catch (error) {
        return maskResult({ errors: [error as GraphQLError] }, mask)
      }
    },
    // Results are masked where they are made; graphql-ws would look for methods that plain errors do not have.
    onNext: (_socket, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onComplete: ({ extra }, id) => extra.session.answered(id),
    onError({ extra }, _id, _payload, errors) {
      if (errors.some(({ originalError }) => originalError instanceof StreamOverflow)) {
        extra.session.close(closeCodes.tryLater, 'Too slow')
      }
      return errors.map((error) => mask(error))
    },
  }
}

function maskedStream(
  stream: AsyncIterableIterator<ExecutionResult>,
  mask: ErrorMask,
): AsyncIterableIterator<ExecutionResult> {
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const step = await stream.next()
      return step.done ? step : { done: false, value: maskResult(step.value, mask) }
    },
    return: async () => (await stream.return?.()) ?? { done: true, value: undefined },
    throw: async (error) => {
      await stream.return?.()
      throw error
    },
  }
}

const maskResult = ({ data, errors }: ExecutionResult, mask: ErrorMask): ExecutionResult => ({
  ...(data === undefined ? {} : { data }),
  ...(errors ? { errors: errors.map(mask) as unknown as GraphQLError[] } : {}),
})

const unresolved = () =>
  new GraphQLError('The operation to run cannot be told from the document.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  })

/** What `parse` throws has no code yet; what the gate throws has. */
function refusalOf(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) {
    return new GraphQLError('Internal server error', { originalError: error as Error })
  }
  if (error.extensions.code) return error
  return new GraphQLError(error.message, {
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  })
}
