import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { describe, expect, it } from 'vitest'
import type { AnswerValue, GivenAnswer } from '../domain/answer-value.ts'
import { checkAnswers } from '../domain/answers.ts'
import { type FieldType, fieldTypes } from '../domain/field-definition.ts'
import { choices, field } from './question.ts'

describe('answers that are taken', () => {
  it('are kept exactly as they were given, whatever they are', () => {
    const random = seededRandom(20_260_501)
    const below = (n: number) => Math.floor(random() * n)
    const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
    const glyphs = [...'aZ0 äß漢🦉👨‍👩‍👧"\\\'{}<>&%_-', '\u202e', '\u00a0', '\ufeff']
    const text = () => Array.from({ length: below(30) }, () => pick(glyphs)).join('')
    const values: Record<FieldType, () => AnswerValue> = {
      TEXT: text,
      TEXTAREA: () => `${text()}\n\t${text()}`,
      NUMBER: () => pick([below(1e9), random() * 1e-7, -random() * 1e15, 0.1 + 0.2, Number.MAX_SAFE_INTEGER]),
      BOOLEAN: () => random() < 0.5,
      SINGLE_CHOICE: () => [pick(choices).value],
      MULTIPLE_CHOICE: () => choices.filter(() => random() < 0.5).map(({ value }) => value),
      DATE: () => new Date(below(4e12)).toISOString().slice(0, 10),
      EMAIL: () => `a${below(1e6)}@example.org`,
      PHONE: () => `+41 ${1_000_000 + below(1e6)}`,
      COUNTRY: () => pick(['CH', 'DE', 'JP']),
      URL: () => `https://example.org/${below(1e6)}?q=${encodeURIComponent(text())}`,
    }
    const kinds: Record<string, keyof GivenAnswer> = {
      NUMBER: 'number',
      BOOLEAN: 'isTrue',
      DATE: 'date',
      SINGLE_CHOICE: 'choices',
      MULTIPLE_CHOICE: 'choices',
    }
    for (let round = 0; round < 500; round++) {
      const form = Array.from({ length: 1 + below(8) }, () => {
        const type = pick(fieldTypes)
        return field({ type, choices: type.endsWith('CHOICE') ? choices : [] })
      })
      const given = form
        .filter(() => random() < 0.8)
        .map(({ id, type }) => ({ fieldId: id, [kinds[type] ?? 'text']: values[type]() }))
      const { answers, problems } = checkAnswers(form, given)
      expect(problems).toEqual([])
      const isBlank = (value: unknown) =>
        typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0
      const expected = form.flatMap(({ id, version, type }) => {
        const value = given.find(({ fieldId }) => fieldId === id)?.[kinds[type] ?? 'text']
        return value === undefined || isBlank(value) ? [] : { fieldId: id, fieldVersion: version, value }
      })
      expect(JSON.parse(JSON.stringify(answers))).toEqual(expected)
    }
  })
})
