import { done } from '@guildhall/kit/outcome'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { membershipChanged } from '@guildhall/organizations/contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { users } from '../tables.ts'
import { account, listenForChanges } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

it('tells routers to forget a person whose membership changed', async () => {
  const { userId } = await account(world)
  const changes = await listenForChanges(world)
  await world.host.subgraphs.organizations?.ownContext().transaction('test', async (tx) => {
    await tx.emit(membershipChanged, {
      organizationId: world.organization().id,
      organizationName: 'Analytical Engines',
      userId,
      role: 'MEMBER',
      change: 'JOINED',
      actorId: null,
    })
    return done(null)
  })
  await world.settle()
  expect(await changes.next()).toEqual({ userId, sessionId: null })
  await changes.close()
  expect(await world.rows(users, eq(users.id, userId))).toMatchObject([{ permissionsVersion: 2, version: 1 }])
})
