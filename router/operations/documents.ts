import { createHash } from 'node:crypto'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  OperationTypeNode,
  parse,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  validate,
} from 'graphql'
import { createLru } from '../lru.ts'
import type { Gate } from './gate.ts'
import { maxErrors } from './limits.ts'

/** Trees take many times the memory of their text; huge ones are rare and not worth keeping. */
const maxRememberedLength = 8_192

/** GraphQL says in one more error that there are others. */
export const validationOptions = { maxErrors: maxErrors - 1 }

/** A document as text and tree; parsed once. */
export interface ParsedDocument {
  hash: string
  document: DocumentNode
}

/** Parses what clients send over sockets, and validates what Apollo Server does not see: subscriptions. */
export interface Documents {
  /** @throws GraphQLError when the text is not GraphQL. */
  parse(query: string): ParsedDocument
  /** Never throws. The verdict is remembered per schema. */
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[]
}

export function createDocuments(gate: Gate): Documents {
  const maxTokens = gate.limits.tokens
  const parsed = createLru<string, ParsedDocument>(300)
  const verdicts = new WeakMap<DocumentNode, { schema: GraphQLSchema; errors: readonly GraphQLError[] }>()
  return {
    parse(query) {
      const known = parsed.get(query)
      if (known) return known
      const fresh = {
        document: parse(query, { maxTokens }),
        hash: createHash('sha256').update(query).digest('hex'),
      }
      if (query.length <= maxRememberedLength) parsed.set(query, fresh)
      return fresh
    },
    validate(schema, document) {
      const known = verdicts.get(document)
      if (known?.schema === schema) return known.errors
      const excess = gate.excessOf(document)
      const errors = excess.length > 0 ? excess : validateGuarded(schema, document)
      verdicts.set(document, { schema, errors })
      return errors
    },
  }
}

/**
 * Why a document cannot be run over plain HTTP, or undefined. Asked before Apollo Server validates: graphql 16 throws
 * inside validation when the root field of a subscription has a conditional `@skip` or `@include`, which Apollo Server
 * would answer as a fault of ours.
 */
export function subscriptionRefusal(
  schema: GraphQLSchema,
  query: string,
  operationName: string | undefined,
  maxTokens: number,
): GraphQLError | undefined {
  if (!query.includes('subscription')) return undefined
  let document: DocumentNode
  try {
    document = parse(query, { maxTokens })
  } catch {
    return undefined
  }
  const operation = getOperationAST(document, operationName)
  if (operation?.operation === OperationTypeNode.SUBSCRIPTION) {
    return refusal(
      'BAD_REQUEST',
      'Subscriptions are served on this path over WebSocket (graphql-ws protocol) or as server-sent events (send `Accept: text/event-stream`).',
    )
  }
  return containsSubscription(document) && crashesValidation(schema, document) ? rootCondition() : undefined
}

/** Such documents must not reach an unguarded `validate`, whichever of their operations is to be run. */
export const containsSubscription = ({ definitions }: DocumentNode): boolean =>
  definitions.some(
    (node) => node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.SUBSCRIPTION,
  )

function crashesValidation(schema: GraphQLSchema, document: DocumentNode): boolean {
  try {
    validate(schema, document, [SingleFieldSubscriptionsRule])
    return false
  } catch {
    return true
  }
}

function validateGuarded(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  try {
    return validate(schema, document, specifiedRules, validationOptions).map(
      ({ message, nodes }) =>
        new GraphQLError(message, {
          nodes: nodes ?? null,
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        }),
    )
  } catch (error) {
    return [error instanceof GraphQLError ? rootCondition() : tooComplex()]
  }
}

const rootCondition = () =>
  refusal(
    'GRAPHQL_VALIDATION_FAILED',
    'The root field of a subscription cannot have @skip or @include with a variable.',
  )

const tooComplex = () => refusal('GRAPHQL_VALIDATION_FAILED', 'The document is too complex to be validated.')

const refusal = (code: string, message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
