import { buildSchema, findBreakingChanges } from 'graphql'
import type { CompositionHint } from './supergraph.ts'

/** An entry of `hints-allow.json`: a hint that somebody looked at and found to be right as it is. */
export interface AllowedHint {
  code: string
  coordinate: string
  why: string
}

/** An entry of `breaking-allow.json`: a promise to clients that is broken knowingly. */
export interface AllowedBreak {
  type: string
  description: string
  why: string
}

/** From this level on a hint is a warning. */
const warnLevel = 60

/** Warnings of the composition that nobody has reviewed, and reviews of what is no longer there. */
export function hintProblems(hints: readonly CompositionHint[], allowed: readonly AllowedHint[]): string[] {
  const warnings = hints.filter((hint) => hint.definition.level.value >= warnLevel)
  const matches = (hint: CompositionHint, entry: AllowedHint) =>
    entry.code === hint.definition.code && entry.coordinate === (hint.coordinate ?? '')
  const open = warnings.filter((hint) => !allowed.some((entry) => matches(hint, entry)))
  const obsolete = allowed.filter((entry) => !warnings.some((hint) => matches(hint, entry)))
  return [
    ...open.map(
      (hint) =>
        `${hint.definition.code} at ${hint.coordinate ?? ''}: ${hint.message}\n  Mend it, or say why it is right in schema/hints-allow.json.`,
    ),
    ...obsolete.map(
      ({ code, coordinate }) =>
        `${code} at ${coordinate} is no longer there: remove it from schema/hints-allow.json.`,
    ),
  ]
}

/** What clients of `base` would lose and nobody has allowed. */
export function breakingProblems(base: string, api: string, allowed: readonly AllowedBreak[]): string[] {
  return findBreakingChanges(buildSchema(base), buildSchema(api))
    .filter(
      (change) =>
        !allowed.some((entry) => entry.type === change.type && entry.description === change.description),
    )
    .map(
      ({ type, description }) =>
        `${type}: ${description}\n  Keep it (deprecate first), or say why clients can bear it in schema/breaking-allow.json.`,
    )
}
