import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drafted, published } from '../../events/tests/support.ts'
import { watches } from '../tables.ts'
import { inboxOf, noticeFor, tell, times } from './support.ts'

let world: World
let organizer: Person
let hiddenId: string
let eventId: string
beforeAll(async () => {
  world = await createWorld()
  const organization = world.organization()
  organizer = organization.as('ORGANIZER')
  hiddenId = (await drafted(world, organizer, organization)).id
  eventId = (await published(world, organizer, organization)).id
})
afterAll(() => world.close())

type Name = 'watchSubject' | 'muteSubject'
const say = (by: Person, name: Name, subjectId: string) =>
  by.mutate<{ watch: object | null }>(name, { subjectId }, 'watch { level subject { id } }')
const rowsOf = (by: Person) => world.rows(watches, eq(watches.userId, by.userId))

describe('watching and muting', () => {
  it.each<[Name, string]>([
    ['watchSubject', 'WATCHED'],
    ['muteSubject', 'MUTED'],
  ])('%s of what one sees takes the place of what was said before', async (name, level) => {
    const one = world.person()
    await say(one, name === 'watchSubject' ? 'muteSubject' : 'watchSubject', eventId)
    expect(await say(one, name, eventId)).toEqual({
      watch: { level, subject: { id: eventId } },
      userErrors: [],
    })
    expect(await rowsOf(one)).toHaveLength(1)
  })

  it.each<[Name]>([['watchSubject'], ['muteSubject']])(
    '%s tells nobody whether an id exists',
    async (name) => {
      const one = world.person()
      const ids = [hiddenId, newId('evt'), newId('prj'), newId('ntf'), newId('rbd'), 'nonsense']
      const answers = await Promise.all(ids.map((id) => say(one, name, id)))
      const refused = { watch: null, userErrors: [{ code: 'NOT_FOUND', path: ['input', 'subjectId'] }] }
      expect(answers).toMatchObject(ids.map(() => refused))
      expect(new Set(answers.map(({ userErrors }) => userErrors[0]?.message)).size).toBe(1)
      expect(await rowsOf(one)).toEqual([])
    },
  )

  it('leaves one row, however many do it at once', async () => {
    const one = world.person()
    await Promise.all(times(10, (i) => say(one, i % 2 === 0 ? 'watchSubject' : 'muteSubject', eventId)))
    expect(await rowsOf(one)).toHaveLength(1)
  })

  it('is listed to oneself, and forgotten at will', async () => {
    const [one, other] = [world.person(), world.person()]
    await say(one, 'muteSubject', eventId)
    const list = async (by: Person, args = '') =>
      (
        await by.entity<{ watchedSubjects: { nodes: object[]; totalCount: number } | null }>(
          'notifications',
          'User',
          one.userId,
          `watchedSubjects${args} { totalCount nodes { level subject { id } } }`,
        )
      )?.watchedSubjects
    expect(await list(one)).toEqual({ totalCount: 1, nodes: [{ level: 'MUTED', subject: { id: eventId } }] })
    expect(await list(one, '(level: WATCHED)')).toEqual({ totalCount: 0, nodes: [] })
    expect(await list(other)).toBeNull()
    const forget = () => one.mutate('unwatchSubject', { subjectId: eventId }, 'subject { id }')
    expect(await forget()).toEqual({ subject: { id: eventId }, userErrors: [] })
    expect(await forget()).toEqual({ subject: { id: eventId }, userErrors: [] })
    expect(await rowsOf(one)).toEqual([])
  })

  it('is not for anybody who is not logged in', async () => {
    const { errors } = await world.anonymous.run(
      `mutation { watchSubject(input: { subjectId: "${eventId}" }) { watch { id } } }`,
    )
    expect(errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED'])
  })
})

describe('who has muted something', () => {
  it('is told neither of it nor of what belongs to it, but for what is critical', async () => {
    const one = world.person()
    await say(one, 'muteSubject', eventId)
    await tell(world, [noticeFor(one.userId, { subjectId: eventId })])
    await tell(world, [noticeFor(one.userId, { subjectId: newId('prj'), scopeIds: [eventId] })])
    await tell(world, [noticeFor(one.userId, { subjectId: eventId, type: 'registration.cancelled' })])
    await tell(world, [noticeFor(one.userId, { subjectId: newId('evt') })])
    expect((await inboxOf(world, one)).map(({ type }) => type)).toEqual([
      'registration.cancelled',
      'project.submitted',
    ])
  })
})
