import { serviceAccountCreated, serviceAccountDeleted } from '@guildhall/identity/contract'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { hearInDisorder } from '@guildhall/kit/testing/disorder'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { found } from './people.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: World
beforeAll(async () => {
  world = await createWorld(['identity', 'organizations'])
})
afterAll(() => world.close())

/** Machines that belong to organizations, and how many places are counted for each. */
const places = async () => [
  ...(await world.host.database.sql`
    select m.organization_id, m.user_id, m.role, p.organization_count
    from organizations.member m join organizations.person p using (user_id) where m.is_service order by user_id`),
]

it('machines whose making and end are told shuffled, late and several times belong where they belong', async () => {
  const random = seededRandom(seed)
  const { id: organizationId, owner } = await found(world)
  const identity = world.host.subgraphs.identity?.ownContext()
  const removed = Array.from({ length: 20 }, () => random() < 0.5)
  await identity?.transaction('machines', async (tx) => {
    for (const isRemoved of removed) {
      const [serviceAccountId, userId] = [newId('sva'), newId('usr')]
      const machine = { serviceAccountId, userId, organizationId, actorId: owner.userId }
      await tx.emit(serviceAccountCreated, { ...machine, name: 'Robot', role: 'MEMBER' })
      if (isRemoved) await tx.emit(serviceAccountDeleted, machine)
    }
    return done(null)
  })
  await world.settle()
  const before = await places()
  expect(before, `SEED=${seed}`).toHaveLength(removed.filter((isRemoved) => !isRemoved).length)

  const { inOrder, inDisorder } = await hearInDisorder(world, {
    publishers: ['identity'],
    consumer: 'organizations',
    tables: ['organizations.machine', 'organizations.member', 'organizations.person'],
    seed,
  })
  expect(inDisorder['organizations.machine'], `SEED=${seed}`).toEqual(inOrder['organizations.machine'])
  expect(await places(), `SEED=${seed}`).toEqual(before)
}, 120_000)
