import { hash } from 'node:crypto'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql'
import { createLru } from '../lru.ts'
import type { Gate } from './gate.ts'
import { noIntrospection } from './introspection.ts'
import { maxErrors } from './limits.ts'

/** Trees take many times the memory of their text; huge ones are rare and not worth keeping. */
const maxRememberedLength = 32_768

/** Characters of all texts whose trees are remembered. */
const maxRememberedCharacters = 1_000_000

/** Short texts take room, too. */
const weigh = (_: unknown, text: string): number => text.length + 200

/** GraphQL says in one more error that there are others. */
const validationOptions = { maxErrors: maxErrors - 1 }

/** A document as text and tree; parsed once. */
export interface ParsedDocument {
  hash: string
  document: DocumentNode
}

/** Parses and validates what clients send, whichever way it comes. */
export interface Documents {
  /** @throws GraphQLError when the text is not GraphQL. */
  parse(query: string): ParsedDocument
  /** Never throws. The verdict is remembered per schema. */
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[]
}

/** @param introspection whether the schema may be asked for. */
export function createDocuments(gate: Gate, introspection: boolean): Documents {
  const maxTokens = gate.limits.tokens
  const parsed = createLru<string, ParsedDocument>(maxRememberedCharacters, weigh)
  const verdicts = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, readonly GraphQLError[]>>()
  const rules = introspection ? specifiedRules : [...specifiedRules, noIntrospection]
  const verdictsOf = (schema: GraphQLSchema) => {
    const known = verdicts.get(schema) ?? new WeakMap<DocumentNode, readonly GraphQLError[]>()
    verdicts.set(schema, known)
    return known
  }
  return {
    parse(query) {
      const known = parsed.get(query)
      if (known) return known
      const fresh = { document: parseText(query, maxTokens), hash: hash('sha256', query) }
      if (query.length <= maxRememberedLength) parsed.set(query, fresh)
      return fresh
    },
    validate(schema, document) {
      const ofSchema = verdictsOf(schema)
      const known = ofSchema.get(document)
      if (known) return known
      const excess = gate.excessOf(document)
      const errors = excess.length > 0 ? excess : validateGuarded(schema, document, rules)
      ofSchema.set(document, errors)
      return errors
    },
  }
}

function parseText(query: string, maxTokens: number): DocumentNode {
  try {
    return parse(query, { maxTokens })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    throw new GraphQLError(error.message, {
      source: error.source ?? null,
      positions: error.positions ?? null,
      extensions: { code: 'GRAPHQL_PARSE_FAILED' },
    })
  }
}

/**
 * graphql 16 throws inside validation when the root field of a subscription has a conditional `@skip` or `@include`, and
 * when a document is nested so that the stack does not reach.
 */
function validateGuarded(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
): readonly GraphQLError[] {
  try {
    return validate(schema, document, rules, validationOptions).map(
      ({ message, nodes, extensions }) =>
        new GraphQLError(message, {
          nodes: nodes ?? null,
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...extensions },
        }),
    )
  } catch (error) {
    return [error instanceof GraphQLError ? rootCondition() : tooComplex()]
  }
}

const rootCondition = () =>
  refusal('The root field of a subscription cannot have @skip or @include with a variable.')

const tooComplex = () => refusal('The document is too complex to be validated.')

const refusal = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
