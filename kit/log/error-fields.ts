import { GraphQLError } from 'graphql'
import { HouseError } from '../errors.ts'
import { scrub } from './scrub.ts'

/** What a log tells of an error. */
export interface ErrorFields {
  type: string
  message: string
  code?: string
  /** Of a violated constraint: names of ours, no values. */
  constraint?: string
  table?: string
  stack?: string
  cause?: ErrorFields
}

const deepest = 5

/**
 * What may be logged of an error: an allow-list, because libraries hang the inputs on it. Drizzle writes the values of a
 * statement into its message, PostgreSQL those of a row into the detail, and graphql-js quotes what clients have sent.
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: scrub(String(error)) }
  const { code, constraint_name: constraint, table_name: table } = error as unknown as Record<string, unknown>
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line))
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: messageOf(error),
    ...text('code', code),
    ...text('constraint', constraint),
    ...text('table', table),
    ...(frames?.length ? { stack: frames.join('\n') } : {}),
    ...(error.cause === undefined || depth >= deepest ? {} : { cause: errorFields(error.cause, depth + 1) }),
  }
}

const text = <Name extends string>(name: Name, value: unknown) =>
  (typeof value === 'string' ? { [name]: value } : {}) as { [key in Name]?: string }

/** What went wrong in one text, the innermost cause first; without values, as a log would have it. */
export function problemOf(error: unknown): string {
  const texts: string[] = []
  for (let at = error; at !== undefined && texts.length < 4; at = at instanceof Error ? at.cause : undefined)
    texts.unshift(at instanceof Error ? `${at.name}: ${messageOf(at)}` : scrub(String(at)))
  return texts.join('\n')
}

function messageOf(error: Error): string {
  if (error instanceof GraphQLError && !(error instanceof HouseError)) return withoutInputs(error.message)
  if ('query' in error && 'params' in error) return scrub(error.message.split('\nparams:')[0] ?? '')
  return quotesValues(error) ? withoutInputs(error.message) : scrub(error.message)
}

/** PostgreSQL's class 22 (data exceptions) quotes values and P0 what a function raises; the others quote our own names. */
const quotesValues = (error: Error): boolean =>
  'severity' in error && 'code' in error && /^(22|P0)/.test(String(error.code))

/**
 * What graphql-js and PostgreSQL complain about, without what they quote: `Variable "…" got invalid value …`. Values also
 * stand unquoted at the end: `Int cannot represent non-integer value: 12.5`.
 */
export const withoutInputs = (message: string): string =>
  scrub(
    message
      .replace(/"(?:\\.|[^"\\])*"?/gs, '"…"')
      .replace(/[{[].*/s, '…')
      .replace(/(\bvalues?:?|\bcannot represent|\bdate-time-string|:) .*$/s, '$1 …'),
  )
