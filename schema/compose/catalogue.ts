import { type Contract, sharedCodes } from '@guildhall/kit/contract'
import { type ErrorCode, errorCodes, isRetryable } from '@guildhall/kit/errors'
import { ComposeProblem } from './compose-problem.ts'

const start = '<!-- codes: written by `npm run compose` -->'
const end = '<!-- /codes -->'

/** What each thrown code means to a client; `errors.ts` gains a code and this does not compile until it is explained. */
const thrown: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'Nobody is logged in, or the token is not good. Log in or refresh, then try again.',
  FORBIDDEN: 'The caller is known and may not do this.',
  STEP_UP_REQUIRED:
    'This is dangerous and the last proof of who is calling too old: call `stepUp`, then try again.',
  BAD_USER_INPUT: 'An argument cannot be understood: a malformed id or cursor, a page size out of range.',
  CONFLICT: 'The request lost a race. Read again and send it again.',
  RATE_LIMITED: 'Too many requests. Wait before sending more.',
  SERVICE_UNAVAILABLE: 'A part of the house is away. Send the same request later.',
  GATEWAY_TIMEOUT: 'A part of the house did not answer in time. Send the same request later.',
  INTERNAL_SERVER_ERROR: 'Our fault. Tell us the `errorId`.',
}

/**
 * `docs/protocol.md` with the catalogue of every code that a client can meet.
 *
 * @throws ComposeProblem when the page has lost the marks between which the catalogue stands.
 */
export function withCatalogue(page: string, contracts: readonly Contract[]): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from < 0 || to < from) {
    throw new ComposeProblem(
      `docs/protocol.md has no place for the codes: put "${start}" and "${end}" into it.`,
    )
  }
  return `${page.slice(0, from)}${start}\n\n${catalogue(contracts)}\n\n${page.slice(to)}`
}

const catalogue = (contracts: readonly Contract[]): string =>
  [
    '### Thrown: `errors[].extensions.code`',
    '',
    ...table(
      ['Code', 'May succeed later unchanged', 'Meaning'],
      errorCodes.map((code) => [`\`${code}\``, isRetryable(code) ? 'yes' : 'no', thrown[code]]),
    ),
    '',
    '### User errors: `userErrors[].code`',
    '',
    ...table(['Code', 'Domain', 'Meaning'], userErrorRows(contracts)),
  ].join('\n')

/** Sorted by code; a code that two domains use has a line for each. */
const userErrorRows = (contracts: readonly Contract[]): string[][] =>
  [
    ...Object.entries(sharedCodes).map(([code, meaning]) => [code, 'any', meaning]),
    ...contracts.flatMap(({ domain, codes }) =>
      Object.entries(codes).map(([code, meaning]) => [code, domain, meaning]),
    ),
  ]
    .sort((a, b) => (a.join() < b.join() ? -1 : 1))
    .map(([code, ...rest]) => [`\`${code}\``, ...rest])

const table = (head: string[], rows: string[][]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
