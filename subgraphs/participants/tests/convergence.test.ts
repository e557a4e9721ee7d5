import { hearInDisorder } from '@guildhall/kit/testing/disorder'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { livelyEvents } from '../../events/tests/lively-events.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants', 'projects'])
})
afterAll(() => world.close())

it('what is told of events shuffled, late and several times leads to the same terms and roles', async () => {
  await livelyEvents(world, world.organization(), 6, seededRandom(seed))
  const { inOrder, inDisorder } = await hearInDisorder(world, {
    publishers: ['events'],
    consumer: 'participants',
    tables: ['participants.event_seats', 'participants.event_role'],
    seed,
  })
  expect(inOrder['participants.event_seats'], `SEED=${seed}`).toHaveLength(6)
  expect(inDisorder, `SEED=${seed}`).toEqual(inOrder)
}, 120_000)
