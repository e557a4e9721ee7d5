import { createHash } from 'node:crypto'
import type { PlannableOperation } from '../execution/plans.ts'
import type { ResolvedCaller } from '../execution/request-context.ts'
import type { SchemaView } from '../schema/views.ts'
import type { CacheScope } from './hints.ts'

/** All that an answer may depend on. */
export interface Question {
  view: SchemaView
  operation: PlannableOperation
  variables: Readonly<Record<string, unknown>>
  scope: CacheScope
  caller: ResolvedCaller
}

/**
 * The same for two questions exactly when the same answer is good for both. A private one is good for callers who are the
 * same person in the same session with the same rights at the same address; when rights change, so does the key.
 */
export function answerKey({ view, operation, variables, scope, caller }: Question): string {
  const declared = operation.operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? []
  const sent = declared.filter((name) => Object.hasOwn(variables, name)).sort()
  const parts = [
    view.state.id,
    view.name,
    operation.hash,
    operation.operationName ?? null,
    sent.map((name) => [name, variables[name]]),
    scope === 'PUBLIC' ? null : audienceOf(caller),
  ]
  return createHash('sha256').update(canonical(parts)).digest('base64url')
}

const audienceOf = ({ caller, grants, headers }: ResolvedCaller): unknown => [
  caller,
  grants.authenticated,
  [...grants.scopes].sort(),
  [...grants.policies].sort(),
  headers ?? null,
]

/** JSON in which the order of an object's fields says nothing. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
