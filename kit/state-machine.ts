import type { Failure } from './outcome.ts'

/** One step of a state machine. */
export interface Step<State extends string> {
  to: State
  /** The caller must say why. */
  needsReason?: boolean
}

/** State → the steps that leave it. Data, so that the API can show it and a test can walk it. */
export type StateMachine<State extends string> = Readonly<Record<State, readonly Step<State>[]>>

/** The step from one state to another, or undefined when the table has none. */
export const stepOf = <State extends string>(
  machine: StateMachine<State>,
  from: State,
  to: State,
): Step<State> | undefined => machine[from].find((step) => step.to === to)

/** The states from which `to` can be reached: what a conditional update may start from. */
export const sourcesOf = <State extends string>(machine: StateMachine<State>, to: State): State[] =>
  (Object.keys(machine) as State[]).filter((from) => stepOf(machine, from, to))

/** The refusal of a step that the table does not have, with what it has instead. */
export const illegalTransition = <State extends string>(
  machine: StateMachine<State>,
  from: State,
  to: State,
  path: string[] = [],
): Failure => ({
  __typename: 'IllegalTransitionError',
  code: 'INVALID_STATE_TRANSITION',
  message: `From ${from} one cannot go to ${to}.`,
  path,
  from,
  to,
  allowed: machine[from].map((step) => step.to),
})
