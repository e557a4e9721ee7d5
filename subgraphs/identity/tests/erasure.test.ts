import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runErasures } from '../commands/run-erasures.ts'
import { userErased } from '../contract.ts'
import { erasureSteps, erasures, users } from '../tables.ts'
import { type Account, account, principalOf } from './accounts.ts'
import { day, domains, ownContext, takePart, whereIs } from './privacy-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const erasureOf = async ({ userId }: Account) => (await world.rows(erasures, eq(erasures.userId, userId)))[0]
const requestErasure = ({ person }: Account) =>
  person.mutate<{ erasure: { id: string; status: string; runsAt: string } | null }>(
    'requestErasure',
    {},
    'erasure { id status runsAt }',
  )
const beForgotten = async (someone: Account) => {
  await requestErasure(someone)
  world.clock.advance(14 * day)
  await runErasures(ownContext(world))
  await world.settle()
}

describe('requestErasure', () => {
  it('waits fourteen days, in which it can be taken back', async () => {
    const someone = await account(world)
    const { erasure } = await requestErasure(someone)
    expect(erasure?.status).toBe('GRACE')
    expect((await requestErasure(someone)).erasure?.id).toBe(erasure?.id)
    world.clock.advance(14 * day - 1000)
    await runErasures(ownContext(world))
    await someone.person.mutate('cancelErasure', {}, 'erasure { id }')
    world.clock.advance(2000)
    await runErasures(ownContext(world))
    expect((await erasureOf(someone))?.status).toBe('CANCELLED')
    expect((await world.rows(users, eq(users.id, someone.userId)))[0]?.email).toBe(someone.email)
  })

  it('leaves nothing of the person in any table of any domain, and every domain acknowledges', async () => {
    const canary = `canary${newId('x').slice(-10)}`
    const someone = await account(world, `${canary}@example.org`, `Ms ${canary}`)
    await takePart(world, someone.person, `My name is ${canary}`)
    expect(await whereIs(world, canary)).toEqual(
      expect.arrayContaining(['identity."user"', 'identity.outbox', 'participants.registration']),
    )
    await beForgotten(someone)
    expect(await whereIs(world, canary)).toEqual([])
    const erasure = await erasureOf(someone)
    expect(erasure?.status).toBe('DONE')
    const steps = await world.rows(erasureSteps, eq(erasureSteps.erasureId, erasure?.id ?? ''))
    expect(steps.filter((step) => step.acknowledgedAt).map((step) => step.domain)).toEqual(domains)
    expect(
      (await world.published(userErased)).filter(({ userId }) => userId === someone.userId),
    ).toHaveLength(1)
  })

  it('ends every session, and the address is free for somebody new', async () => {
    const someone = await account(world)
    await beForgotten(someone)
    expect(await principalOf(world, someone.sessionId)).toBeNull()
    const { userErrors, tokens } = await world.anonymous.mutate<{ tokens: unknown }>(
      'login',
      { email: someone.email, password: 'correct horse battery' },
      'tokens { accessToken }',
    )
    expect([tokens, userErrors[0]?.code]).toEqual([null, 'INVALID_CREDENTIALS'])
    const { userId } = await account(world, someone.email)
    expect(userId).not.toBe(someone.userId)
  })

  it('gives the seat to who waited for it', async () => {
    const [leaving, waiting] = [await account(world), await account(world)]
    const eventId = await takePart(world, leaving.person, 'hello')
    const { registration } = await waiting.person.mutate<{ registration: { id: string; status: string } }>(
      'registerForEvent',
      { eventId },
      'registration { id status }',
    )
    expect(registration.status).toBe('WAITLISTED')
    await beForgotten(leaving)
    const seen = await waiting.person.entity<{ status: string }>(
      'participants',
      'Registration',
      registration.id,
      'status',
    )
    expect(seen?.status).toBe('OFFERED')
  })

  it('is carried out once by five processes that try at the same time', async () => {
    const someone = await account(world)
    await requestErasure(someone)
    world.clock.advance(14 * day)
    await Promise.all(Array.from({ length: 5 }, () => runErasures(ownContext(world))))
    await runErasures(ownContext(world))
    expect((await erasureOf(someone))?.status).toBe('DONE')
    expect(
      (await world.published(userErased)).filter(({ userId }) => userId === someone.userId),
    ).toHaveLength(1)
  })

  it('goes on after a domain was away, and says so', async () => {
    const someone = await account(world)
    await requestErasure(someone)
    world.clock.advance(14 * day)
    const ctx = ownContext(world)
    let isAway = true
    const peers: typeof ctx.peers = {
      ...ctx.peers,
      ask: (domain, ...rest) =>
        domain === 'projects' && isAway
          ? Promise.reject(new Error('projects is away'))
          : ctx.peers.ask(domain, ...rest),
    }
    const unlucky = Object.create(ctx, { peers: { value: peers } }) as typeof ctx
    await runErasures(unlucky)
    const erasure = await erasureOf(someone)
    expect(erasure?.status).toBe('RUNNING')
    const pending = (await world.rows(erasureSteps, eq(erasureSteps.erasureId, erasure?.id ?? ''))).filter(
      (step) => step.status === 'PENDING',
    )
    // Identity waits for all others.
    expect(pending.map(({ domain, attempts }) => [domain, attempts]).sort()).toEqual([
      ['identity', 0],
      ['projects', 1],
    ])
    isAway = false
    await runErasures(unlucky)
    expect((await erasureOf(someone))?.status).toBe('RUNNING')
    world.clock.advance(60_000)
    await runErasures(unlucky)
    expect((await erasureOf(someone))?.status).toBe('DONE')
  })

  it('fails after eight attempts, and goes on when those who run the house say so', async () => {
    const someone = await account(world)
    await requestErasure(someone)
    world.clock.advance(14 * day)
    const ctx = ownContext(world)
    const failing = Object.create(ctx, {
      peers: { value: { ...ctx.peers, ask: () => Promise.reject(new Error('away')) } },
    }) as typeof ctx
    for (let attempt = 0; attempt < 8; attempt++) {
      await runErasures(failing)
      world.clock.advance(day)
    }
    const failed = await erasureOf(someone)
    expect(failed?.status).toBe('FAILED')
    const admin = world.personWith({
      kind: 'user',
      userId: newId('usr'),
      sessionId: newId('ses'),
      platformRoles: ['ADMIN'],
      platformPermissions: ['users:manage', 'users:read'],
      grants: {},
    })
    const { userErrors } = await admin.mutate('retryErasure', { id: failed?.id }, 'erasure { status }')
    expect(userErrors).toEqual([])
    await runErasures(ctx)
    expect((await erasureOf(someone))?.status).toBe('DONE')
  })

  it('waits until somebody else owns the organization', async () => {
    const someone = await account(world)
    await someone.person.mutate(
      'createOrganization',
      { name: 'One Woman Show', kind: 'TEAM' },
      'organization { id }',
    )
    const { data } = await someone.person.run<{ requestErasure: unknown }>(
      `mutation {
        requestErasure(input: {}) {
          erasure { id }
          userErrors { code ... on ErasureBlockedError { blockers { code message } } }
        }
      }`,
    )
    expect(data.requestErasure).toEqual({
      erasure: null,
      userErrors: [
        {
          code: 'ERASURE_BLOCKED',
          blockers: [{ code: 'LAST_OWNER', message: 'Make somebody else an owner of One Woman Show first.' }],
        },
      ],
    })
    expect(await erasureOf(someone)).toBeUndefined()
  })
})
