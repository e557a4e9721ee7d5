import type { Transaction } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { membershipChanged, permissionsChanged } from '@guildhall/organizations/contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { users } from '../tables.ts'
import { account, listenForChanges } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

it('tells routers to forget a person whose membership or permissions changed', async () => {
  const { userId } = await account(world)
  const changes = await listenForChanges(world)
  const organizationId = world.organization().id
  const emit = async (work: (tx: Transaction) => Promise<void>) => {
    await world.host.subgraphs.organizations?.ownContext().transaction('test', async (tx) => {
      await work(tx)
      return done(null)
    })
    await world.settle()
    expect(await changes.next()).toEqual({ userId, sessionId: null })
  }
  await emit((tx) =>
    tx.emit(membershipChanged, {
      organizationId,
      organizationName: 'Analytical Engines',
      userId,
      role: 'MEMBER',
      change: 'JOINED',
      version: 1,
      actorId: null,
    }),
  )
  await emit((tx) =>
    tx.emit(permissionsChanged, { organizationId, userId, cause: 'ROLE_BINDING', actorId: null }),
  )
  await changes.close()
  expect(await world.rows(users, eq(users.id, userId))).toMatchObject([{ permissionsVersion: 3, version: 1 }])
})
