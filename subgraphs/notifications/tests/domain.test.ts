import { newId } from '@guildhall/kit/ids'
import { describe, expect, it } from 'vitest'
import { announcementProblems } from '../domain/announcement-draft.ts'
import { type NotificationTypeKey, notificationTypes, typeOf } from '../domain/notification-types.ts'
import { categories, isLocked, preferenceMatrix } from '../domain/preferences.ts'
import { type Choice, isWanted } from '../domain/resolution.ts'
import { readCursor, writeCursor } from '../domain/stream-cursor.ts'

describe('preferences', () => {
  const off = (category: Choice['category'], channel: Choice['channel'] = 'IN_APP'): Choice => ({
    scopeId: null,
    type: null,
    category,
    channel,
    isEnabled: false,
  })
  const comes = (key: NotificationTypeKey, channel: Choice['channel'], choices: Choice[]) =>
    isWanted({ type: typeOf(key), channel, scopeIds: [] }, choices, [])

  it.each<[type: NotificationTypeKey, choices: Choice[], inApp: boolean, mail: boolean]>([
    ['project.joined', [], true, false],
    ['project.joined', [off('PROJECTS')], false, false],
    ['project.joined', [off('EVENTS')], true, false],
    ['project.joined', [{ ...off('PROJECTS', 'EMAIL'), isEnabled: true }], true, true],
    ['registration.confirmed', [], true, true],
    ['registration.confirmed', [off('REGISTRATIONS')], false, true],
    ['registration.confirmed', [off('REGISTRATIONS', 'EMAIL')], true, false],
    ['registration.cancelled', [off('REGISTRATIONS'), off('REGISTRATIONS', 'EMAIL')], true, true],
    ['registration.offered', [off('REGISTRATIONS')], true, true],
    ['account.new_device', [off('ACCOUNT')], true, true],
    // Of these, identity writes mails of its own.
    ['account.welcome', [], true, false],
    ['account.password_changed', [{ ...off('ACCOUNT', 'EMAIL'), isEnabled: true }], true, false],
    ['announcement.received', [off('ANNOUNCEMENTS')], false, true],
  ])('%s with %j', (type, choices, inApp, mail) => {
    expect([comes(type, 'IN_APP', choices), comes(type, 'EMAIL', choices)]).toEqual([inApp, mail])
  })

  it('locks the categories of which nothing can be left out', () => {
    expect(categories.filter(isLocked)).toEqual(['ACCOUNT'])
  })

  it('shows every category by every channel, locked ones as on', () => {
    const matrix = preferenceMatrix({ choices: [off('ACCOUNT'), off('EVENTS')], defaults: [], scopeIds: [] })
    expect(matrix).toHaveLength(18)
    expect(
      matrix.filter(({ isEnabled }) => !isEnabled).map(({ category, channel }) => [category, channel]),
    ).toEqual([
      ['ORGANIZATIONS', 'EMAIL'],
      ['EVENTS', 'IN_APP'],
    ])
  })

  it('has a category of its matrix for every type', () => {
    for (const { category } of notificationTypes.values()) expect(categories).toContain(category)
  })
})

describe('cursors', () => {
  const owner = newId('usr')
  const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')

  it('come back as they were written', () => {
    const position = { seq: 7, revision: 3 }
    expect(readCursor(owner, writeCursor(owner, position))).toEqual(position)
    expect(readCursor(owner, writeCursor(owner, { seq: 7, revision: null }))).toEqual({
      seq: 7,
      revision: null,
    })
  })

  it.each([
    ['somebody else’s', writeCursor(newId('usr'), { seq: 1, revision: 0 })],
    ['of another list', forged('User.notifications:seq DESC', 4)],
    ['with another mark', forged('outbox', owner, 1, 0)],
    ['negative', forged('inbox', owner, -1, 0)],
    ['broken', forged('inbox', owner, 1.5, 0)],
    ['beyond what the database holds', forged('inbox', owner, 2 ** 31, 0)],
    ['with a text for a number', forged('inbox', owner, '1', 0)],
    ['with a text for a revision', forged('inbox', owner, 1, 'x')],
    ['not JSON', 'nonsense'],
    ['empty', ''],
  ])('are refused when they are %s', (_, cursor) => {
    expect(readCursor(owner, cursor)).toBeNull()
  })
})

describe('announcements', () => {
  it.each([
    [{ subject: '  ', body: 'Hello' }, ['TOO_SHORT input.subject']],
    [{ subject: 'x'.repeat(201), body: ' ' }, ['TOO_LONG input.subject', 'TOO_SHORT input.body']],
    [{ subject: 'Hello', body: 'x'.repeat(5001) }, ['TOO_LONG input.body']],
    [{ subject: 'Hello', body: 'Line one\nline two' }, []],
  ])('%#', (draft, problems) => {
    expect(announcementProblems(draft).map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual(problems)
  })
})
