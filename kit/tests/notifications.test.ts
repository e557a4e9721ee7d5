import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Contract, defineContract, defineEvent } from '../contract.ts'
import { notificationProblems } from '../notification-problems.ts'
import { type AnyNotification, defineNotification, type NotificationTemplate } from '../notifications.ts'
import { formatTemplate, variablesOf } from '../templates.ts'

const boxMade = defineEvent({
  name: 'toy.box.made',
  version: 1,
  description: 'A box was made.',
  payload: z.object({ boxId: z.string(), makerId: z.string() }),
  aggregate: ({ boxId }) => boxId,
})

const told = (more: Partial<AnyNotification> = {}): AnyNotification => ({
  ...defineNotification({
    key: 'box.made',
    description: 'A box of yours is there.',
    category: 'BOXES',
    channels: { IN_APP: true },
    event: boxMade,
    recipients: ({ makerId }) => ({ userIds: [makerId] }),
    facts: ({ boxId }) => ({ subjectId: boxId, variables: { count: 1 } }),
    variables: ['count'],
    templates: { en: { title: '{count, plural, one {# box} other {# boxes}}' } },
  }),
  ...more,
})

const everywhere = { IN_APP: true, EMAIL: true, PUSH: true }

const contractOf = (domain: string, notifications: AnyNotification[]): Contract =>
  defineContract({
    domain,
    products: ['projects'],
    ids: {},
    permissions: {},
    events: domain === 'toy' ? [boxMade] : [],
    notifications,
    notificationCategories: domain === 'toy' ? { BOXES: 'Boxes.' } : {},
    codes: {},
  })

const problemsOf = (more: Partial<AnyNotification>) => notificationProblems([contractOf('toy', [told(more)])])

describe('a house does not start when', () => {
  it('two domains declare one type', () => {
    const other = { ...told(), event: undefined } as unknown as AnyNotification
    expect(notificationProblems([contractOf('toy', [told()]), contractOf('other', [other])])).toEqual([
      'notification box.made is declared by toy and other: change one',
    ])
  })

  it('a type has a category that nobody declares', () => {
    expect(problemsOf({ category: 'CRATES' })).toEqual([
      'notification box.made has the category CRATES, which no contract declares',
    ])
  })

  it('a type follows an event of another domain', () => {
    expect(notificationProblems([contractOf('toy', []), contractOf('other', [told()])])).toEqual([
      'notification box.made follows toy.box.made, which is no event of other',
    ])
  })

  it('those are told who watch things that there are not', () => {
    const watchers = { kinds: ['box'], of: () => ({ subjectIds: [], visibleTo: 'EVERYBODY' as const }) }
    expect(problemsOf({ watchers })).toEqual([
      'notification box.made is for who watches a thing of the kind box, which there is not',
    ])
  })

  it.each([
    ['in its title', { title: 'Hello {name}' }],
    ['in its body', { title: 'Hello', body: '{name}' }],
    ['deep in a choice', { title: '{count, plural, one {# {name}} other {#}}' }],
    ['as a choice', { title: '{name, select, a {A} other {B}}' }],
    ['in the subject of its mail', { title: 'Hello', mail: { subject: '{name}' } }],
    ['in the body of its mail', { title: 'Hello', mail: { body: '{name}' } }],
    ['in the title of its push', { title: 'Hello', push: { title: '{name}' } }],
    ['in the body of its push', { title: 'Hello', push: { body: '{name}' } }],
  ])('a text shows what nobody hands in, %s', (_, text) => {
    const en = { title: 'Fine, {count} {watching}', mail: {}, push: {} }
    const de = { mail: {}, push: {}, ...text }
    expect(problemsOf({ channels: everywhere, templates: { en, de } })).toEqual([
      'TEMPLATE_MISSING_VARIABLE: notification box.made shows name in de: declare it in its variables',
    ])
  })

  it('a text cannot be read', () => {
    expect(problemsOf({ templates: { en: { title: '{count' } } })).toEqual([
      expect.stringContaining('notification box.made has a text in en that is no ICU message'),
    ])
  })

  it.each([
    ['EMAIL', { mail: { body: 'At length.' } }],
    ['PUSH', { push: { title: 'In short' } }],
  ])('a type has words for a way by which it does not come: %s', (channel, own) => {
    expect(problemsOf({ templates: { en: { title: 'Fine', ...own } } })).toEqual([
      `notification box.made has words for ${channel}, by which it does not come`,
    ])
  })

  it.each([
    ['EMAIL', { mail: { body: 'At length.' } }],
    ['PUSH', { push: { title: 'In short' } }],
  ])('a type has words of their own for %s in one language only', (channel, own) => {
    const templates = { en: { title: 'Fine', ...own }, de: { title: 'Schön' } }
    expect(problemsOf({ channels: everywhere, templates })).toEqual([
      `notification box.made has words of their own for ${channel}, but none in de`,
    ])
  })

  it('a phone would not show all of what is pushed, whatever stands in it', () => {
    const most = { title: `${'t'.repeat(65)}{count}`, body: 'b'.repeat(180) }
    const choice = `{count, plural, one {${'o'.repeat(60)}} other {short}} more!{watching}`
    const tooLong = (part: string, letters: number) =>
      `notification box.made pushes a ${part} in en of more than ${letters} letters: say it shorter in its push`
    const asPushed = (en: NotificationTemplate) => problemsOf({ channels: everywhere, templates: { en } })
    expect(asPushed(most)).toEqual([])
    expect(asPushed({ title: choice })).toEqual([tooLong('title', 65)])
    expect(asPushed({ ...most, body: `${most.body}!` })).toEqual([tooLong('body', 180)])
    expect(asPushed({ ...most, body: `${most.body}!`, push: { body: 'b' } })).toEqual([])
    expect(asPushed({ title: 't', push: { title: `${most.title}!` } })).toEqual([tooLong('title', 65)])
    expect(problemsOf({ templates: { en: { title: choice, body: `${most.body}!` } } })).toEqual([])
  })

  it('not when all is well', () => {
    expect(problemsOf({})).toEqual([])
  })
})

describe('texts', () => {
  const at = new Date('2030-07-01T22:30:00.000Z')

  it.each([
    ['en', 'UTC', 'July 1, 2030 at 10:30 PM UTC'],
    ['en', 'America/New_York', 'July 1, 2030 at 6:30 PM EDT'],
    ['de-CH', 'Europe/Zurich', '2. Juli 2030 um 00:30 MESZ'],
  ])('tell instants as people in %s and %s do', (locale, timezone, text) => {
    expect(formatTemplate('{at, date, ::yMMMMdjmmz}', { locale, timezone }, { at })).toBe(text)
  })

  it.each([
    ['en', 1, 'one box'],
    ['en', 2, '2 boxes'],
    ['pl', 5, '5 boxes, many of them'],
  ])('count as people in %s do: %i', (locale, count, text) => {
    const template = '{count, plural, one {one box} many {# boxes, many of them} other {# boxes}}'
    expect(formatTemplate(template, { locale, timezone: 'UTC' }, { count })).toBe(text)
  })

  it('show what people write as it is', () => {
    const name = "{watching} '{' <b>"
    expect(formatTemplate('Hello {name}', { locale: 'en', timezone: 'UTC' }, { name })).toBe(`Hello ${name}`)
  })

  it('name what they show', () => {
    expect([...variablesOf('{a} {b, select, x {{c}} other {{d, date, short}}} # text')]).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
  })
})
