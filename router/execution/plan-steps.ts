import type { FetchNode, PlanNode, SubscriptionNode } from '@apollo/query-planner'
import type { ConditionValues } from './conditions.ts'

/** One fetch of a plan, where its data goes, and which fetches have to be done before it. */
export interface PlanStep {
  fetch: FetchNode
  /** From the root of the answer; `@` stands for all items of a list. */
  path: readonly string[]
  /** Indices of steps. */
  after: readonly number[]
  /** The longest way to it: 0 for what can start at once. */
  level: number
  /** Answered by the event of a subscription. */
  isEvent: boolean
}

/** The fetches of a plan in the order in which they may run, without those that the conditions exclude. */
export function planSteps(
  plan: PlanNode | SubscriptionNode | undefined,
  values: ConditionValues,
): PlanStep[] {
  const steps: PlanStep[] = []

  const add = (fetch: FetchNode, path: readonly string[], after: readonly number[], isEvent = false) => {
    if (fetch.contextRewrites?.length) throw new Error('@fromContext is not supported')
    const level = Math.max(-1, ...after.map((index) => steps[index]?.level ?? 0)) + 1
    return [steps.push({ fetch, path, after, level, isEvent }) - 1]
  }

  /** Adds what a node holds; gives the steps that have to be done before whatever follows it. */
  const walk = (node: PlanNode, path: readonly string[], after: readonly number[]): readonly number[] => {
    switch (node.kind) {
      case 'Fetch':
        return add(node, path, after)
      case 'Flatten':
        return walk(node.node, [...path, ...node.path.map(String)], after)
      case 'Sequence':
        return node.nodes.reduce((before, child) => walk(child, path, before), after)
      case 'Parallel': {
        const done = node.nodes.flatMap((child) => walk(child, path, after))
        return done.length > 0 ? [...new Set(done)] : after
      }
      case 'Condition': {
        const clause = values.get(node.condition) ? node.ifClause : node.elseClause
        return clause ? walk(clause, path, after) : after
      }
      case 'Defer':
        throw new Error('@defer is not supported')
    }
  }

  if (plan?.kind === 'Subscription') {
    const event = add(plan.primary, [], [], true)
    if (plan.rest) walk(plan.rest, [], event)
  } else if (plan) walk(plan, [], [])
  return steps
}
