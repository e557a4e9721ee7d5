import { hearInDisorder } from '@guildhall/kit/testing/disorder'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { livelyEvents } from '../../events/tests/lively-events.ts'
import { did, openRound, stage } from '../../judging/tests/support.ts'
import { domains } from './support.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

it('what is told of events shuffled, late and several times leads to the same terms and roles', async () => {
  await livelyEvents(world, world.organization(), 6, seededRandom(seed))
  const { inOrder, inDisorder } = await hearInDisorder(world, {
    publishers: ['events'],
    consumer: 'projects',
    tables: ['projects.event_terms', 'projects.event_role'],
    seed,
  })
  expect(inOrder['projects.event_terms'], `SEED=${seed}`).toHaveLength(6)
  expect(inDisorder, `SEED=${seed}`).toEqual(inOrder)
}, 120_000)

it('what is told of rounds shuffled, late and several times leaves the same ones open', async () => {
  const random = seededRandom(seed)
  const on = await stage(world, { judges: 2, projects: 2 })
  for (let no = 0; no < 4; no++) {
    const { roundId: id } = await openRound(on, { name: `Round ${no}`, isBlind: random() < 0.5 })
    const steps = Math.floor(random() * 5)
    for (let step = 0; step < steps; step++) {
      if (step % 2 === 0) await did(on.manager, 'closeJudgingRound', { id }, 'round { id }')
      else await did(on.manager, 'reopenJudgingRound', { id, reason: 'Too early.' }, 'round { id }')
    }
  }
  const { inOrder, inDisorder } = await hearInDisorder(world, {
    publishers: ['judging'],
    consumer: 'projects',
    tables: ['projects.judging_round'],
    seed,
  })
  expect(inOrder['projects.judging_round'], `SEED=${seed}`).toHaveLength(4)
  expect(inDisorder, `SEED=${seed}`).toEqual(inOrder)
}, 120_000)
