import { eventCancelled, eventPublished, eventUpdated } from '@guildhall/events/contract'
import {
  serviceAccountCreated,
  userErased,
  userProfileUpdated,
  userRegistered,
} from '@guildhall/identity/contract'
import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { membershipChanged } from '@guildhall/organizations/contract'
import { registrationOffered } from '@guildhall/participants/contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { found } from '../../organizations/tests/people.ts'
import contract from '../contract.ts'
import { declaredNotifications } from '../domain/notification-types.ts'
import { categories } from '../domain/preferences.ts'
import { persons, watches } from '../tables.ts'
import { inboxOf, noticeFor, publish, tell, termsOf, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const titlesOf = async (userId: string) => (await inboxOf(world, { userId })).map(({ title }) => title)
const profileOf = (userId: string, locale: string, timezone: string, version: number) => ({
  userId,
  displayName: 'Ada',
  locale,
  timezone,
  version,
})
const watch = (userId: string, subjectId: string) =>
  world.host.database.db
    .insert(watches)
    .values({ id: newId('wch'), userId, subjectId, level: 'WATCHED', createdAt: world.clock.now() })

describe('declared types', () => {
  it('have categories that people can choose', () => {
    expect(Object.keys(contract.notificationCategories ?? {})).toEqual(categories)
  })

  it('can be read in English and German, but for the words of others', () => {
    const languages = declaredNotifications.map(({ key, templates }) => [key, Object.keys(templates)])
    expect(languages.filter(([, has]) => String(has) !== 'en,de')).toEqual([
      ['announcement.received', ['en']],
    ])
  })
})

describe('the words', () => {
  const offerTo = (userId: string) =>
    publish(world, registrationOffered, {
      registrationId: newId('reg'),
      eventId: newId('evt'),
      eventTitle: 'Spring Hack',
      organizationId: newId('org'),
      userId,
      number: 1,
      status: 'OFFERED',
      partySize: 1,
      category: 'PARTICIPANT',
      version: 1,
      actorId: null,
      offerExpiresAt: '2030-07-01T22:30:00.000Z',
    })

  it('are those of the reader, as identity last told of them', async () => {
    const userId = newId('usr')
    await publish(world, userRegistered, profileOf(userId, 'de-CH', 'Europe/Zurich', 2))
    await publish(world, userProfileUpdated, profileOf(userId, 'en', 'UTC', 1))
    await offerTo(userId)
    expect(await inboxOf(world, { userId })).toMatchObject([
      { title: 'Willkommen bei Guildhall, Ada', body: null },
      {
        title: 'Ein Platz bei Spring Hack ist für Sie frei',
        body: 'Nehmen Sie ihn bis 2. Juli 2030 um 00:30 MESZ an.',
      },
    ])
  })

  it('are English for those who read what we cannot write', async () => {
    const userId = newId('usr')
    await publish(world, userProfileUpdated, profileOf(userId, 'fr', 'America/New_York', 1))
    await offerTo(userId)
    expect((await inboxOf(world, { userId }))[0]?.body).toBe('Accept it before July 1, 2030 at 6:30 PM EDT.')
    await publish(world, userErased, { userId })
    expect(await world.rows(persons, eq(persons.id, userId))).toMatchObject([
      { locale: 'en', timezone: 'UTC', isErased: true },
    ])
  })
})

describe('machines', () => {
  it('are told nothing', async () => {
    const [userId, organizationId] = [newId('usr'), newId('org')]
    const machine = { serviceAccountId: newId('sva'), userId, organizationId, actorId: newId('usr') }
    await publish(world, serviceAccountCreated, { ...machine, name: 'Stock sync', role: 'MEMBER' })
    await publish(world, userRegistered, profileOf(userId, 'en', 'UTC', 1))
    await publish(world, membershipChanged, {
      ...machine,
      organizationName: 'Acme',
      role: 'ADMIN',
      change: 'JOINED',
      version: 1,
    })
    await publish(world, eventPublished, termsOf({ organizationId }))
    expect(await titlesOf(userId)).toEqual([])
  })
})

describe('holders of a permission', () => {
  it('are found also when a role of the organization’s own gives it, until it is taken back', async () => {
    const organization = await found(world)
    const judge = await organization.member('MEMBER')
    const other = await organization.member('MEMBER')
    const { customRole } = await organization.owner.mutate<{ customRole: { id: string } }>(
      'createRole',
      { organizationId: organization.id, name: 'Judge', permissions: ['events:write'] },
      'customRole { id }',
    )
    const { roleBinding } = await organization.owner.mutate<{ roleBinding: { id: string } }>(
      'grantRole',
      { organizationId: organization.id, userId: judge.userId, customRoleId: customRole.id },
      'roleBinding { id }',
    )
    await world.settle()
    await publish(world, eventPublished, termsOf({ organizationId: organization.id }))
    const told = async (userId: string) =>
      (await titlesOf(userId)).filter((title) => title === 'Spring Hack is on the calendar').length
    expect([await told(judge.userId), await told(other.userId)]).toEqual([1, 0])
    await organization.owner.mutate('revokeRole', { id: roleBinding.id }, 'revokedRoleBindingId')
    await world.settle()
    await publish(world, eventPublished, termsOf({ organizationId: organization.id }))
    expect([await told(judge.userId), await told(other.userId)]).toEqual([1, 0])
  })
})

describe('those who watch', () => {
  it('are told of what they may see, once within the window', async () => {
    const [stranger, member] = [newId('usr'), newId('usr')]
    const terms = termsOf()
    await publish(world, membershipChanged, {
      organizationId: terms.organizationId,
      organizationName: 'Acme',
      userId: member,
      role: 'MEMBER',
      change: 'ROLE_CHANGED',
      version: 1,
      actorId: null,
    })
    for (const userId of [stranger, member]) await watch(userId, terms.eventId)
    const told = async () => [
      (await titlesOf(stranger)).length,
      (await titlesOf(member)).filter((title) => title.startsWith('Spring Hack')).length,
    ]
    await publish(world, eventUpdated, { ...terms, status: 'DRAFT' })
    expect(await told()).toEqual([0, 0])
    await publish(world, eventUpdated, { ...terms, visibility: 'ORGANIZATION' })
    expect(await told()).toEqual([0, 1])
    await publish(world, eventUpdated, terms)
    expect(await told()).toEqual([1, 1])
    await publish(world, eventCancelled, { ...terms, reason: 'Storm' })
    expect(await inboxOf(world, { userId: stranger })).toMatchObject([
      { type: 'event.updated', title: 'Spring Hack has changed' },
      { type: 'event.cancelled', title: 'Spring Hack was called off', body: 'Storm' },
    ])
    world.clock.advance(3_600_000)
    await publish(world, eventUpdated, terms)
    expect(await told()).toEqual([3, 3])
  })
})

describe('what must not be told twice', () => {
  const dedupe = { key: 'the kettle boils', windowSeconds: 60 }

  it('is told once by any number of rivals, and again when the window is over', async () => {
    const people = times(5, () => newId('usr'))
    const all = () => people.map((userId) => noticeFor(userId, { dedupe }))
    const counts = () => Promise.all(people.map(async (userId) => (await titlesOf(userId)).length))
    await Promise.all(times(20, () => tell(world, all())))
    expect(await counts()).toEqual([1, 1, 1, 1, 1])
    world.clock.advance(59_999)
    await tell(world, all())
    expect(await counts()).toEqual([1, 1, 1, 1, 1])
    world.clock.advance(1)
    await Promise.all(times(20, () => tell(world, all())))
    expect(await counts()).toEqual([2, 2, 2, 2, 2])
  })

  it('keeps nobody from being told something else', async () => {
    const userId = newId('usr')
    await tell(world, [noticeFor(userId, { dedupe })])
    await tell(world, [noticeFor(userId, { dedupe: { ...dedupe, key: 'the kettle leaks' } })])
    await tell(world, [noticeFor(userId)])
    expect(await titlesOf(userId)).toHaveLength(3)
  })
})
