import { newId } from '@guildhall/kit/ids'
import { describe, expect, it } from 'vitest'
import { type DigestItem, digestFacts, digestOf, digestText } from '../domain/digest.ts'
import type { NotificationType } from '../domain/notification-types.ts'
import { times } from './support.ts'

const now = new Date('2030-01-01T00:00:00.000Z')
const closesAt = new Date('2030-01-01T00:10:00.000Z')
const [subjectId, digestId, event, organization] = [newId('evt'), newId('dig'), newId('evt'), newId('org')]

const item = (title: string, more: Partial<DigestItem> = {}): DigestItem => ({
  title,
  body: null,
  scopeIds: [event, organization],
  subjectId,
  eventId: event,
  ...more,
})

describe('whether something is gathered', () => {
  const by = (how: 'SUBJECT' | 'TYPE') => ({ by: how, windowSeconds: 600 })
  it.each<
    [
      digest: NotificationType['digest'],
      isCritical: boolean,
      about: string | null,
      cause: string,
      key: string | null,
    ]
  >([
    [null, false, subjectId, 'x', null],
    [by('TYPE'), false, subjectId, 'x', ''],
    [by('SUBJECT'), false, subjectId, 'x', subjectId],
    [by('SUBJECT'), false, null, 'x', ''],
    [by('TYPE'), true, subjectId, 'x', null],
    [by('TYPE'), false, subjectId, digestId, null],
    [by('TYPE'), false, subjectId, newId('ann'), ''],
  ])('%j, critical %s, about %s, of %s', (digest, isCritical, about, cause, key) => {
    expect(digestOf({ digest, isCritical }, { subjectId: about, cause }, now)).toEqual(
      key === null ? null : { key, closesAt },
    )
  })
})

describe('the words of a digest', () => {
  const reader = (locale: string) => ({ locale, timezone: 'UTC' })

  it.each<[items: DigestItem[], locale: string, title: string, body: string | null]>([
    [[item('A')], 'en', 'A', null],
    [[item('A', { body: 'why' })], 'de', 'A', 'why'],
    [[item('A'), item('B', { body: 'one\ntwo' })], 'en', 'A, and 1 more', '• A\n• B\n  one\n  two'],
    [[item('A'), item('B'), item('C')], 'de-CH', 'A, und 2 weitere', '• A\n• B\n• C'],
    [[item('A {x}'), item('B')], 'fr', 'A {x}, and 1 more', '• A {x}\n• B'],
  ])('%#', (items, locale, title, body) => {
    expect(digestText(items, reader(locale))).toEqual({ title, body })
  })

  it('end where nobody reads on', () => {
    const { title, body } = digestText(
      times(1_052, (index) => item(`Number ${index}`)),
      reader('en'),
    )
    expect(title).toBe('Number 0, and 1,051 more')
    expect(body?.split('\n').slice(-2)).toEqual(['• Number 49', 'And 1,002 more.'])
  })
})

describe('what a digest is about', () => {
  it.each<[items: DigestItem[], about: Omit<DigestItem, 'title' | 'body'>]>([
    [[item('A')], { subjectId, eventId: event, scopeIds: [event, organization] }],
    [
      [item('A'), item('B', { subjectId: 'other', scopeIds: [organization] })],
      { subjectId: null, eventId: event, scopeIds: [organization] },
    ],
    [[item('A'), item('B', { eventId: null, scopeIds: [] })], { subjectId, eventId: null, scopeIds: [] }],
  ])('%#', (items, about) => {
    expect(digestFacts(items)).toEqual(about)
  })
})
