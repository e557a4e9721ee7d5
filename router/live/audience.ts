import type { Caller } from '@guildhall/kit/caller'
import type { ResolvedCaller } from '../execution/request-context.ts'

const keys = new WeakMap<Caller, string>()

/**
 * Those who are sent the same: callers with equal keys are the same person with the same session or key and the same
 * rights, or all nobody. Foreign subgraphs judge by the `Authorization` header alone, so it counts too.
 */
export function audienceOf({ caller, headers }: ResolvedCaller): string {
  const authorization = headers?.authorization
  const known = keys.get(caller)
  const key = known ?? JSON.stringify(caller)
  if (known === undefined) keys.set(caller, key)
  return authorization === undefined ? key : `${key} ${authorization}`
}
