import { GraphQLError, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql'
import type { Arrival } from '../gate.ts'
import type { CostIndex } from './cost-index.ts'
import { type Estimate, estimate } from './estimate.ts'
import type { Slice } from './list-length.ts'
import { evaluate, type Variables } from './term.ts'

/** What becomes of operations that may be too dear. */
export interface DemandTuning {
  /** `off`: nothing is estimated. `measure`: the cost is logged. `enforce`: what is too dear is refused. */
  mode: 'off' | 'measure' | 'enforce'
  /** Most that an operation may cost. */
  maxCost: number
  /** How long lists are that the schema says nothing of. */
  listSize: number
}

export const defaultDemand: DemandTuning = { mode: 'measure', maxCost: 5_000, listSize: 10 }

/**
 * Makes the check of an operation's cost. What depends on the document alone is worked out once for it.
 *
 * @param pageSize most items that a slicing argument may ask for.
 * @returns a function that gives the cost, and throws for what is too dear or asks for too long a page.
 */
export function createDemandControl(tuning: DemandTuning, pageSize: number): (arrival: Arrival) => number {
  const { mode, maxCost, listSize } = tuning
  const enforces = mode === 'enforce'
  const estimates = new WeakMap<OperationDefinitionNode, { index: CostIndex; known: Estimate }>()

  const estimateOf = ({ state, document, operation }: Arrival): Estimate => {
    const hit = estimates.get(operation)
    if (hit?.index === state.costs) return hit.known
    const known = estimate(state.schema, state.costs, listSize, document, operation)
    estimates.set(operation, { index: state.costs, known })
    return known
  }
  return (arrival) => {
    const { cost, slices } = estimateOf(arrival)
    const variables = withDefaults(arrival)
    for (const slice of slices) checkSlice(slice, slice.given(variables), pageSize, enforces)
    if (mode === 'off') return 0
    const total = evaluate(cost, variables)
    if (enforces && total > maxCost) {
      throw refusal(
        'COST_ESTIMATED_TOO_EXPENSIVE',
        `The operation may cost ${total}; at most ${maxCost} is allowed. Ask for shorter pages or fewer nested lists.`,
      )
    }
    return total
  }
}

function checkSlice(
  { names, exactlyOne }: Slice,
  given: readonly number[],
  pageSize: number,
  enforces: boolean,
) {
  if (given.some((size) => size > pageSize)) {
    throw refusal('BAD_USER_INPUT', `"${names.join('", "')}" must be between 1 and ${pageSize}.`)
  }
  if (enforces && exactlyOne && given.length !== 1) {
    throw refusal('BAD_USER_INPUT', `Say how many items you want by exactly one of "${names.join('", "')}".`)
  }
}

function withDefaults({ operation, variables }: Arrival): Variables {
  const defaults: [string, unknown][] = []
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value
    if (defaultValue && variables[name] === undefined)
      defaults.push([name, valueFromASTUntyped(defaultValue)])
  }
  return defaults.length === 0 ? variables : { ...Object.fromEntries(defaults), ...variables }
}

const refusal = (code: string, message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
