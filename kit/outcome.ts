/** Something the caller did wrong and can mend: an entry of `userErrors`. */
export interface Failure {
  /** The GraphQL type: `InputError`, or a domain's own type that carries data and implements `UserError`. */
  __typename: string
  /** Documented SCREAMING_SNAKE code, declared in the domain's contract. */
  code: string
  message: string
  /** Where in the input, e.g. `['input', 'startsAt']`; empty when no single place is at fault. */
  path: string[]
  [data: string]: unknown
}

/** What a command gives back: a value, or every reason why nothing was done. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failures: [Failure, ...Failure[]] }

export const done = <T>(value: T): Outcome<T> => ({ ok: true, value })

/** Nothing was done. Inside `ctx.transaction` it also rolls back. */
export function failed(...failures: Failure[]): { ok: false; failures: [Failure, ...Failure[]] } {
  const [first, ...rest] = failures
  if (!first) throw new Error('failed() needs at least one failure')
  return { ok: false, failures: [first, ...rest] }
}

/** The payload of a mutation: exactly one side is filled. `field` names the payload's own field. */
export function payload<F extends string, T>(
  field: F,
  outcome: Outcome<T>,
): { [K in F]: T | null } & { userErrors: Failure[] } {
  const value = outcome.ok ? outcome.value : null
  const userErrors: Failure[] = outcome.ok ? [] : outcome.failures
  return { [field]: value, userErrors } as { [K in F]: T | null } & { userErrors: Failure[] }
}
