import { userProfileUpdated } from '@guildhall/identity/contract'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { published } from '../../events/tests/support.ts'
import { privacy } from '../privacy.ts'
import { digests, persons, preferences, quietHours, repeats, watches } from '../tables.ts'
import { noticeFor, ownContext, publish, tell } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const windows = [{ weekday: 'MONDAY', startsAt: '22:00', endsAt: '07:00' }]

it('what people have chosen is told to them, and forgotten with them', async () => {
  const organization = world.organization()
  const { id: eventId } = await published(world, organization.as('ORGANIZER'), organization)
  const [one, other] = [world.person(), world.person()]
  for (const { userId, mutate } of [one, other]) {
    await publish(world, userProfileUpdated, {
      userId,
      displayName: 'Ada',
      locale: 'de',
      timezone: 'UTC',
      version: 1,
    })
    const choice = { type: 'event.updated', channel: 'EMAIL', scopeId: eventId, isEnabled: true }
    await mutate('setNotificationPreference', choice, 'preference { isEnabled }')
    await mutate('setQuietHours', { timezone: 'UTC', windows }, 'quietHours { timezone }')
    await mutate('watchSubject', { subjectId: eventId }, 'watch { id }')
    const about = { type: 'event.updated', subjectId: eventId, scopeIds: [eventId] }
    await tell(world, [noticeFor(userId, { ...about, dedupe: { key: newId('evt'), windowSeconds: 60 } })])
  }
  await world.settle()
  const ctx = ownContext(world)
  expect(await privacy.collect(ctx, one.userId)).toMatchObject({
    notificationPreferences: [{ scopeId: eventId, type: 'event.updated', channel: 'EMAIL', isEnabled: true }],
    watchedSubjects: [{ subjectId: eventId, level: 'WATCHED' }],
    quietHours: [{ timezone: 'UTC', windows, isCriticalAllowed: true }],
  })
  const kept = async (userId: string) => [
    (await world.rows(preferences, eq(preferences.userId, userId))).length,
    (await world.rows(quietHours, eq(quietHours.id, userId))).length,
    (await world.rows(watches, eq(watches.userId, userId))).length,
    (await world.rows(repeats, eq(repeats.recipientId, userId))).length,
    (await world.rows(digests, eq(digests.recipientId, userId))).length,
    (await world.rows(persons, and(eq(persons.id, userId), eq(persons.isErased, false)))).length,
  ]
  // Of the digests one is for mail, one for devices.
  expect(await kept(one.userId)).toEqual([1, 1, 1, 1, 2, 1])
  await ctx.transaction('erase', async (tx) => done(await privacy.erase(ctx, tx, one.userId)))
  expect([await kept(one.userId), await kept(other.userId)]).toEqual([
    [0, 0, 0, 0, 0, 0],
    [1, 1, 1, 1, 2, 1],
  ])
})
