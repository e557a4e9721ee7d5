import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  countsOf,
  type Door,
  door,
  type Guest,
  guest,
  logOf,
  minutesAgo,
  upload,
} from './check-in-support.ts'
import { statusesOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

describe('three devices that were offline', () => {
  const settings = { isExitRecorded: true, isReEntryAllowed: true }

  it.each([1, 2, 3, 4])('come to the same whatever the order of their uploads (seed %i)', async (seed) => {
    const random = seededRandom(seed)
    const pick = (below: number) => Math.floor(random() * below)
    const shuffled = <T>(items: readonly T[]): T[] =>
      items
        .map((item) => [random(), item] as const)
        .sort(([a], [b]) => a - b)
        .map(([, item]) => item)
    const first = await door(world, settings, { capacity: 50 })
    const others = await Promise.all([
      door(world, settings, { capacity: 50 }),
      door(world, settings, { capacity: 50 }),
    ])
    const doors = [first, ...others]
    const everybody = await Promise.all(doors.map(({ eventId }) => crowd(eventId)))
    const plan = Array.from({ length: 40 }, (_, index) => ({
      guest: pick(5),
      type: random() < 0.6 ? ('ENTRY' as const) : ('EXIT' as const),
      minutes: 1 + pick(12),
      device: pick(3),
      nonce: `seed-${seed}-${index}`,
      isForced: random() < 0.1,
    }))
    await Promise.all(
      doors.map(async ({ staff, listId }, place) => {
        const batches = [0, 1, 2].flatMap((device) => {
          const own = shuffled(plan.filter((one) => one.device === device))
          return [own.slice(0, 5), own.slice(5), own.slice(2, 8)].map((scans) => ({ device, scans }))
        })
        const uploads = shuffled(batches.filter(({ scans }) => scans.length > 0)).map(
          ({ device, scans }) =>
            () =>
              upload(
                staff,
                listId,
                scans.map((one) => ({
                  secret: everybody[place]?.[one.guest]?.secret ?? '',
                  type: one.type,
                  nonce: one.nonce,
                  at: minutesAgo(world, one.minutes),
                  isForced: one.isForced,
                })),
                `gate-${device}`,
              ),
        )
        if (place === 2) await Promise.all(uploads.map((send) => send()))
        else for (const send of uploads) await send()
      }),
    )
    const [expected, ...rest] = await Promise.all(doors.map(outcome))
    expect(expected?.log).toHaveLength(40)
    expect(rest).toEqual([expected, expected])
  })

  const crowd = async (eventId: string): Promise<Guest[]> => {
    const all: Guest[] = []
    for (const partySize of [1, 1, 2, 3, 1]) all.push(await guest(world.person(), eventId, { partySize }))
    return all
  }

  const outcome = async ({ staff, eventId, listId }: Door) => {
    const log = await logOf(world, listId)
    return {
      log: log
        .map(({ nonce, result, refusal, people, isCurrent }) => ({
          nonce,
          result,
          refusal,
          people,
          isCurrent,
        }))
        .sort((a, b) => a.nonce.localeCompare(b.nonce)),
      counts: await countsOf(staff, listId),
      statuses: await statusesOf(world, eventId),
    }
  }
})
