import { newId } from '@guildhall/kit/ids'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeCursor } from '../domain/stream-cursor.ts'
import { inboxClock } from '../inbox/due.ts'
import { forgetOldNotifications } from '../inbox/retention.ts'
import { allCountsOf, inboxOf, noticeFor, ownContext, tell, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['notifications'])
})
afterAll(() => world.close())

const day = 86_400_000
const rounds = 12
const rivals = 24
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))

it(`counts are what the table says after every round of ${rivals} rivals (SEED=${seed})`, async () => {
  const random = seededRandom(seed)
  const people = times(3, () => world.person())
  const causes = times(8, () => newId('evt'))
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const inFuture = () => new Date(world.clock.now().getTime() + Math.ceil(random() * 3 * day)).toISOString()

  const deliver = () => {
    const expiresAt = random() < 0.2 ? new Date(inFuture()) : null
    const everybody = people.map((person) => noticeFor(person.userId, { expiresAt }))
    // Some tell of the same again, and give the positions back that they took.
    return tell(
      world,
      random() < 0.5 ? everybody : everybody.toReversed(),
      random() < 0.5 ? pick(causes) : newId('evt'),
    )
  }
  const chosen = async (person: Person) => {
    const rows = await inboxOf(world, person)
    const last = rows.at(-1)
    if (!last || random() < 0.6)
      return {
        ids: rows
          .filter(() => random() < 0.3)
          .map((row) => row.id)
          .slice(0, 100),
      }
    return {
      upTo: writeCursor(person.userId, { seq: Math.ceil(random() * (last.seq ?? 0)), revision: null }),
    }
  }
  const change = (mutation: string) => async () => {
    const person = pick(people)
    const until = mutation === 'snoozeNotifications' ? { wakeAt: inFuture() } : {}
    const answer = mutation === 'markNotificationsRead' ? 'readCount' : 'changedCount'
    await person.mutate(mutation, { ...(await chosen(person)), ...until }, answer)
  }
  const acts: (() => Promise<unknown>)[] = [
    deliver,
    deliver,
    change('markNotificationsSeen'),
    change('markNotificationsRead'),
    change('markNotificationsUnread'),
    change('archiveNotifications'),
    change('unarchiveNotifications'),
    change('snoozeNotifications'),
    change('unsnoozeNotifications'),
    () => inboxClock.step(ownContext(world), undefined as never),
    () => forgetOldNotifications(ownContext(world)),
  ]

  const seen = new Set<string>()
  for (let round = 0; round < rounds; round++) {
    world.clock.advance(random() < 0.1 ? 90 * day : random() * 2 * day)
    await Promise.all(times(rivals, () => pick(acts)()))
    for (const person of people) {
      const { counters, table } = await allCountsOf(world, person)
      expect({ round, ...counters }).toEqual({ round, ...table })
      for (const row of await inboxOf(world, person)) seen.add(row.state)
    }
  }
  expect([...seen].sort()).toEqual(['ARCHIVED', 'READ', 'SEEN', 'SNOOZED', 'UNSEEN'])
}, 60_000)
