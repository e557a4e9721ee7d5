import { eventMembershipChanged } from '@guildhall/events/contract'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { hearInDisorder } from '@guildhall/kit/testing/disorder'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { livelyEvents } from '../../events/tests/lively-events.ts'
import { publish } from '../../notifications/tests/support.ts'
import { livelyProjects } from '../../projects/tests/lively-projects.ts'
import { privacy } from '../privacy.ts'
import { eventRoles } from '../tables.ts'
import { domains } from './support.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

it('what is told of events and projects shuffled, late and several times leads to the same terms, roles and teams', async () => {
  const random = seededRandom(seed)
  await livelyEvents(world, world.organization(), 6, random)
  await livelyProjects(world, 6, random)
  const { inOrder, inDisorder } = await hearInDisorder(world, {
    publishers: ['events', 'projects'],
    consumer: 'judging',
    tables: ['judging.event_terms', 'judging.event_role', 'judging.project_fact', 'judging.team_member'],
    seed,
  })
  expect(inOrder['judging.event_terms'], `SEED=${seed}`).toHaveLength(7)
  expect(inOrder['judging.project_fact'], `SEED=${seed}`).toHaveLength(6)
  expect(inDisorder, `SEED=${seed}`).toEqual(inOrder)
}, 120_000)

it('a judge who was erased gets no role back by what is told late', async () => {
  const [userId, eventId, organizationId] = [newId('usr'), newId('evt'), newId('org')]
  const facts = { eventId, organizationId, eventTitle: 'Spring Hack', userId, added: [], actorId: null }
  await publish(world, eventMembershipChanged, { ...facts, roles: ['MENTOR'], version: 2 })
  const ctx = world.host.subgraphs.judging?.ownContext()
  await ctx?.transaction('erase', async (tx) => done(await privacy.erase(ctx, tx, userId)))
  await publish(world, eventMembershipChanged, { ...facts, roles: ['JUDGE'], version: 1 })
  expect(await world.rows(eventRoles, eq(eventRoles.userId, userId))).toMatchObject([
    { roles: [], version: 2 },
  ])
})
