import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineContract } from '../contract.ts'
import { reference } from '../entities.ts'
import { done, failed, payload } from '../outcome.ts'
import { illegalTransition, type StateMachine, sourcesOf, stepOf } from '../state-machine.ts'
import { isTimeZone, line, problemsOf, prose } from '../validate.ts'

describe('a state machine', () => {
  const machine: StateMachine<'NEW' | 'OPEN' | 'DONE'> = {
    NEW: [{ to: 'OPEN' }, { to: 'DONE', needsReason: true }],
    OPEN: [{ to: 'DONE' }],
    DONE: [],
  }
  it('knows its steps both ways', () => {
    expect(stepOf(machine, 'NEW', 'DONE')).toEqual({ to: 'DONE', needsReason: true })
    expect(stepOf(machine, 'DONE', 'NEW')).toBeUndefined()
    expect([sourcesOf(machine, 'DONE'), sourcesOf(machine, 'NEW')]).toEqual([['NEW', 'OPEN'], []])
  })
  it('says what it has instead', () => {
    expect(illegalTransition(machine, 'OPEN', 'NEW', ['input', 'to'])).toEqual({
      __typename: 'IllegalTransitionError',
      code: 'INVALID_STATE_TRANSITION',
      message: 'From OPEN one cannot go to NEW.',
      path: ['input', 'to'],
      from: 'OPEN',
      to: 'NEW',
      allowed: ['DONE'],
    })
  })
})

describe('an input', () => {
  const schema = z.object({
    title: line(5),
    text: prose(5),
    size: z.number().min(1),
    tags: z.array(line(3)).max(1),
    zone: z.string().refine(isTimeZone, { params: { code: 'INVALID_TIMEZONE' }, message: 'No time zone.' }),
  })
  const good = { title: ' abcde ', text: 'a\n\tb', size: 1, tags: ['a'], zone: 'Europe/Zurich' }
  const codesOf = (changes: object) =>
    problemsOf(schema, { ...good, ...changes }).map(({ code, path }) => [code, ...path])

  it('that is good has no problems', () => {
    expect(problemsOf(schema, good)).toEqual([])
  })
  it('is told everything at once, with its place', () => {
    expect(codesOf({ title: ' ', text: 'abcdef', size: 0, tags: ['long'], zone: 'Nowhere' })).toEqual([
      ['TOO_SHORT', 'input', 'title'],
      ['TOO_LONG', 'input', 'text'],
      ['INVALID_VALUE', 'input', 'size'],
      ['TOO_LONG', 'input', 'tags', '0'],
      ['INVALID_TIMEZONE', 'input', 'zone'],
    ])
    expect(problemsOf(schema, { ...good, title: 'abcdef' }, ['args'])).toEqual([
      {
        __typename: 'InputError',
        code: 'TOO_LONG',
        message: 'At most 5 characters.',
        path: ['args', 'title'],
      },
    ])
  })
  it.each(['a\nb', 'a\tb', 'a\u0000', 'a\u007f', 'a\u0085'])(
    'of one line has no control characters: %j',
    (title) => {
      expect(codesOf({ title })).toEqual([['INVALID_VALUE', 'input', 'title']])
    },
  )
})

it.each([
  ['Europe/Zurich', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Etc/GMT+2', true],
  ['+02:00', false],
  ['-05', false],
  ['Mars/Olympus', false],
  ['', false],
  ['GMT+2', false],
])('time zone %j: %s', (name, is) => {
  expect(isTimeZone(name)).toBe(is)
})

describe('an outcome', () => {
  const contract = defineContract({
    domain: 'x',
    products: ['projects'],
    ids: {},
    permissions: {},
    events: [],
    codes: { BUSY: 'Busy.' },
  })
  const busy = contract.failure('BUSY', 'It is busy.', ['input'])
  it('fills exactly one side of a payload', () => {
    expect(payload('box', done({ id: 1 }))).toEqual({ box: { id: 1 }, userErrors: [] })
    expect(payload('box', failed(busy))).toEqual({
      box: null,
      userErrors: [{ __typename: 'InputError', code: 'BUSY', message: 'It is busy.', path: ['input'] }],
    })
  })
  it('cannot fail without a reason', () => {
    expect(() => failed()).toThrow('needs at least one')
    expect(failed(busy, busy)).toEqual({ ok: false, failures: [busy, busy] })
  })
  it('refers to others, or to nobody', () => {
    expect([reference('User', 'usr_1'), reference('User', null)]).toEqual([
      { __typename: 'User', id: 'usr_1' },
      null,
    ])
  })
})
