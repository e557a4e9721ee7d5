/** Raw variables of a request, with the defaults that the operation gives them. */
export type Variables = Readonly<Record<string, unknown>>

/** A number that is known for a document, or once its variables are. */
export type Term = number | ((variables: Variables) => number)

export const evaluate = (term: Term, variables: Variables): number =>
  typeof term === 'number' ? term : term(variables)

/** The sum; what is known already is added already. */
export function sum(terms: readonly Term[]): Term {
  let known = 0
  const open: ((variables: Variables) => number)[] = []
  for (const term of terms) {
    if (typeof term === 'number') known += term
    else open.push(term)
  }
  if (open.length === 0) return known
  return (variables) => {
    let total = known
    for (const term of open) total += term(variables)
    return total
  }
}

export function product(left: Term, right: Term): Term {
  if (typeof left === 'number' && typeof right === 'number') return left * right
  if (left === 0 || right === 0) return 0
  if (left === 1) return right
  if (right === 1) return left
  return (variables) => evaluate(left, variables) * evaluate(right, variables)
}
