import { newId } from '@guildhall/kit/ids'
import { describe, expect, it } from 'vitest'
import type { GivenAnswer } from '../domain/answer-value.ts'
import { checkAnswers } from '../domain/answers.ts'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import { conditionProblems, fieldProblems, firstBroken } from '../domain/field-draft.ts'
import { choices, field } from './question.ts'

/** The codes for one answer to one question; empty when it is taken. */
const codesFor = (question: Partial<FormFieldFacts>, answer: Omit<GivenAnswer, 'fieldId'> | null) => {
  const one = field(question)
  const { problems } = checkAnswers([one], answer ? [{ ...answer, fieldId: one.id }] : [])
  for (const { path } of problems) expect(path).toEqual(['input', 'answers', one.id])
  return problems.map(({ code }) => code).join()
}

const wrong = 'ANSWER_INVALID'

describe('one answer', () => {
  it.each<[string, Partial<FormFieldFacts>, Omit<GivenAnswer, 'fieldId'> | null, string]>([
    ['is optional', {}, null, ''],
    ['is required', { isRequired: true }, null, 'ANSWER_REQUIRED'],
    ['is not there when it is blank', { isRequired: true }, { text: ' \t ' }, 'ANSWER_REQUIRED'],
    [
      'is not there without choices',
      { type: 'MULTIPLE_CHOICE', choices, isRequired: true },
      { choices: [] },
      'ANSWER_REQUIRED',
    ],
    ['may be no', { type: 'BOOLEAN', isRequired: true }, { isTrue: false }, ''],
    ['may be nought', { type: 'NUMBER', isRequired: true }, { number: 0 }, ''],
    ['has one kind', {}, { text: 'a', number: 1 }, wrong],
    ['has some kind', {}, {}, wrong],
    ['has the right kind', { type: 'NUMBER' }, { text: '1' }, wrong],
    ['text keeps to one line', {}, { text: 'a\nb' }, wrong],
    ['longer text does not', { type: 'TEXTAREA' }, { text: 'a\n\tb\r\n' }, ''],
    ['text has no NUL', { type: 'TEXTAREA' }, { text: 'a\u0000b' }, wrong],
    ['text is Unicode', {}, { text: 'half a \ud83d' }, wrong],
    ['an emoji is one character', { constraints: { maxLength: 1 } }, { text: '🦉' }, ''],
    ['a family is several', { constraints: { maxLength: 4 } }, { text: '👨‍👩‍👧' }, wrong],
    ['may be too short', { constraints: { minLength: 3 } }, { text: 'ab' }, wrong],
    ['may be as short', { constraints: { minLength: 3 } }, { text: 'äöü' }, ''],
    ['text ends somewhere', {}, { text: 'x'.repeat(1_001) }, wrong],
    ['longer text ends later', { type: 'TEXTAREA' }, { text: 'x'.repeat(10_000) }, ''],
    ['may be too small', { type: 'NUMBER', constraints: { minValue: 1.5 } }, { number: 1.4 }, wrong],
    ['may be too great', { type: 'NUMBER', constraints: { maxValue: 2 } }, { number: 2.1 }, wrong],
    ['may be whole', { type: 'NUMBER', constraints: { isWholeNumber: true } }, { number: 2.5 }, wrong],
    [
      'must be agreed to',
      { type: 'BOOLEAN', constraints: { isAcceptanceRequired: true } },
      { isTrue: false },
      wrong,
    ],
    ['is a choice', { type: 'SINGLE_CHOICE', choices }, { choices: ['m'] }, ''],
    ['is a known choice', { type: 'SINGLE_CHOICE', choices }, { choices: ['xl'] }, wrong],
    ['is one choice', { type: 'SINGLE_CHOICE', choices }, { choices: ['s', 'm'] }, wrong],
    ['are different choices', { type: 'MULTIPLE_CHOICE', choices }, { choices: ['s', 's'] }, wrong],
    [
      'are enough choices',
      { type: 'MULTIPLE_CHOICE', choices, constraints: { minChoices: 2 } },
      { choices: ['s'] },
      wrong,
    ],
    [
      'are not too many choices',
      { type: 'MULTIPLE_CHOICE', choices, constraints: { maxChoices: 1 } },
      { choices: ['s', 'l'] },
      wrong,
    ],
    ['is a day', { type: 'DATE' }, { date: '2028-02-29' }, ''],
    ['is a day that exists', { type: 'DATE' }, { date: '2027-02-29' }, wrong],
    ['is a day and no hour', { type: 'DATE' }, { date: '2027-02-01T00:00' }, wrong],
    [
      'is not too early a day',
      { type: 'DATE', constraints: { earliestOn: '2026-01-01' } },
      { date: '2025-12-31' },
      wrong,
    ],
    [
      'is the last day',
      { type: 'DATE', constraints: { latestOn: '2026-01-01' } },
      { date: '2026-01-01' },
      '',
    ],
    ['is an address', { type: 'EMAIL' }, { text: 'ada@example.org' }, ''],
    ['is no address', { type: 'EMAIL' }, { text: 'ada@' }, wrong],
    ['is a phone number', { type: 'PHONE' }, { text: '+41 (44) 668-18.00' }, ''],
    ['is a phone number with its country', { type: 'PHONE' }, { text: '044 668 18 00' }, wrong],
    ['is a phone number of some length', { type: 'PHONE' }, { text: '+1 23' }, wrong],
    ['is a country', { type: 'COUNTRY' }, { text: 'CH' }, ''],
    ['is a country in capitals', { type: 'COUNTRY' }, { text: 'ch' }, wrong],
    ['is no made-up country', { type: 'COUNTRY' }, { text: 'XX' }, wrong],
    ['is a web address', { type: 'URL' }, { text: 'https://example.org/ä' }, ''],
    ['is no script', { type: 'URL' }, { text: 'javascript:alert(1)' }, wrong],
    ['is to the question of now', {}, { text: 'a', fieldVersion: 2 }, 'FIELD_CHANGED'],
    ['is to the question that was read', {}, { text: 'a', fieldVersion: 3 }, ''],
  ])('%s', (_, question, answer, code) => {
    expect(codesFor(question, answer)).toBe(code)
  })

  it('names what is unknown, doubled, or asked at the door', () => {
    const [one, door] = [field(), field({ isAskedAtCheckIn: true, isRequired: true })]
    const stranger = newId('fld')
    const answers = [one, one, door, { id: stranger }].map(({ id }) => ({ fieldId: id, text: 'a' }))
    expect(checkAnswers([one, door], answers).problems.map(({ code, path }) => [code, path[2]])).toEqual([
      [wrong, one.id],
      [wrong, door.id],
      [wrong, stranger],
    ])
    expect(checkAnswers([one, door], []).problems).toEqual([])
    expect(checkAnswers([one, door], [], 'CHECK_IN').problems).toMatchObject([{ code: 'ANSWER_REQUIRED' }])
    expect(
      checkAnswers(
        [],
        Array.from({ length: 101 }, () => ({ fieldId: stranger, text: 'a' })),
      ).problems,
    ).toMatchObject([{ code: wrong, path: ['input', 'answers'] }])
  })
})

describe('questions that depend on others', () => {
  const food = field({
    type: 'SINGLE_CHOICE',
    choices: [
      { value: 'none', label: 'None' },
      { value: 'diet', label: 'A diet' },
    ],
  })
  const which = field({ isRequired: true, showIf: [{ fieldId: food.id, equals: 'diet' }] })
  const severe = field({ type: 'BOOLEAN', showIf: [{ fieldId: which.id, isAnswered: true }] })
  const doctor = field({
    isRequired: true,
    showIf: [
      { fieldId: severe.id, equals: 'true' },
      { fieldId: food.id, in: ['diet'] },
    ],
  })
  const form = [food, which, severe, doctor]
  const judged = (...answers: GivenAnswer[]) =>
    checkAnswers(form, answers).problems.map(({ code, path }) => [
      code,
      form.findIndex(({ id }) => id === path[2]),
    ])
  const diet = { fieldId: food.id, choices: ['diet'] }
  const nuts = { fieldId: which.id, text: 'nuts' }
  const isSevere = { fieldId: severe.id, isTrue: true }

  it('are required only when they are asked', () => {
    expect(judged()).toEqual([])
    expect(judged({ fieldId: food.id, choices: ['none'] })).toEqual([])
    expect(judged(diet)).toEqual([['ANSWER_REQUIRED', 1]])
    expect(judged(diet, nuts)).toEqual([])
    expect(judged(diet, nuts, isSevere)).toEqual([['ANSWER_REQUIRED', 3]])
    expect(judged(diet, nuts, isSevere, { fieldId: doctor.id, text: 'Dr. Who' })).toEqual([])
  })

  it('are refused when they are not asked', () => {
    expect(judged(nuts)).toEqual([[wrong, 1]])
    expect(judged({ fieldId: food.id, choices: ['none'] }, nuts)).toEqual([[wrong, 1]])
  })

  it('say nothing while what they depend on is wrong', () => {
    expect(judged({ fieldId: food.id, choices: ['cake'] }, nuts, isSevere)).toEqual([[wrong, 0]])
  })

  it('are looked at in whatever order answers come', () => {
    expect(judged(isSevere, nuts, diet, { fieldId: doctor.id, text: 'Dr. No' })).toEqual([])
  })

  it('find all problems at once', () => {
    expect(judged({ ...diet, fieldVersion: 1 }, isSevere)).toEqual([['FIELD_CHANGED', 0]])
    expect(judged(diet, { fieldId: which.id, text: 'x'.repeat(2_000) })).toEqual([[wrong, 1]])
  })

  it('look back, never ahead, at answers that can be given', () => {
    expect(conditionProblems(which, [food])).toEqual([])
    expect(conditionProblems(which, [])).toMatchObject([
      { code: 'INVALID_VALUE', path: ['input', 'showIf', '0'] },
    ])
    expect(
      conditionProblems({ ...which, showIf: [{ fieldId: food.id, equals: 'cake' }] }, [food]),
    ).toHaveLength(1)
    expect(
      conditionProblems({ ...which, showIf: [{ fieldId: food.id, equals: 'diet', isAnswered: true }] }, [
        food,
      ]),
    ).toHaveLength(1)
    expect(conditionProblems(which, [{ ...food, isAskedAtCheckIn: true }])).toHaveLength(1)
    expect(firstBroken(form)).toBeUndefined()
    expect(firstBroken([food, severe, which, doctor])).toBe(severe)
  })
})

describe('a question', () => {
  it.each<[string, Partial<FormFieldFacts>, string]>([
    ['is like that', { type: 'NUMBER', constraints: { minValue: 1, maxValue: 1 } }, ''],
    ['has a key for programs', { key: 'T shirt' }, 'key'],
    ['says something', { label: ' ' }, 'label'],
    ['has choices to choose from', { type: 'SINGLE_CHOICE' }, 'choices'],
    ['has no choices otherwise', { choices }, 'choices'],
    ['has different choices', { type: 'MULTIPLE_CHOICE', choices: [...choices, ...choices] }, 'choices'],
    ['has the limits of its type', { type: 'DATE', constraints: { minLength: 1 } }, 'constraints.minLength'],
    [
      'can be answered',
      { type: 'NUMBER', constraints: { minValue: 2, maxValue: 1 } },
      'constraints.maxValue',
    ],
    ['has days for limits', { type: 'DATE', constraints: { earliestOn: 'today' } }, 'constraints.earliestOn'],
  ])('%s', (_, over, path) => {
    const paths = fieldProblems(field(over)).map((problem) => problem.path.slice(1).join('.'))
    expect(paths).toEqual(path === '' ? [] : [path])
  })
})
