import type { CheckedAnswer } from './answers.ts'
import type { FormFieldFacts } from './field-definition.ts'

/** Enough to find somebody by, and what an index can hold. */
const searchedMax = 20_000

/** What of the answers can be searched: nothing that tells who somebody is, since reviewers may be blind. */
export function searchableText(
  fields: readonly FormFieldFacts[],
  answers: readonly CheckedAnswer[],
): string | null {
  const values = new Map(answers.map(({ fieldId, value }) => [fieldId, value]))
  const words = fields
    .filter(({ isIdentifying }) => !isIdentifying)
    .flatMap(({ id, choices }) => {
      const value = values.get(id)
      if (typeof value === 'string') return value
      return Array.isArray(value)
        ? choices.filter((choice) => value.includes(choice.value)).map(({ label }) => label)
        : []
    })
  return words.join(' ').slice(0, searchedMax).toWellFormed() || null
}
