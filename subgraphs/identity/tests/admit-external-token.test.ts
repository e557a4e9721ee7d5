import { newId } from '@guildhall/kit/ids'
import type { SeenError } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityRecorded, userRegistered } from '../contract.ts'
import { externalIdentities, sessions, totpFactors, users } from '../tables.ts'
import { account, freshEmail } from './accounts.ts'
import {
  codesOf,
  createExternalWorld,
  type ExternalWorld,
  fresh,
  identitiesOf,
  logInAt,
  stranger,
  times,
  verify,
  written,
} from './external-world.ts'

let house: ExternalWorld
beforeAll(async () => {
  house = await createExternalWorld()
})
afterAll(() => house?.close())

interface Admitted {
  principal: { sessionId: string; userId: string; isActive: boolean; steppedUpUntil: string | null } | null
  userErrors: SeenError[]
}

/** What the router asks about a token that it has verified. */
const admit = (input: object) =>
  house.world.service.mutate<Admitted>(
    'admitExternalToken',
    { issuer: house.north.url, isEmailVerified: true, displayName: 'Grace', ...input },
    'principal { sessionId userId isActive steppedUpUntil }',
  )

const principalOf = async (sessionId: string) =>
  (
    await house.world.service.run<{ sessionPrincipal: Admitted['principal'] }>(
      'query ($id: ID!) { sessionPrincipal(sessionId: $id) { sessionId userId isActive steppedUpUntil } }',
      { id: sessionId },
    )
  ).data.sessionPrincipal

describe('admitExternalToken', () => {
  it('opens an account for somebody unknown, and knows them again', async () => {
    const { world } = house
    const [subject, email] = [crypto.randomUUID(), freshEmail()]
    const { principal, userErrors } = await admit({ subject, email })
    expect(userErrors).toEqual([])
    const [user] = await world.rows(users, eq(users.email, email))
    expect(user).toMatchObject({ status: 'ACTIVE', displayName: 'Grace' })
    const identities = await identitiesOf(world, user?.id ?? '')
    const expected = { sessionId: identities[0]?.id, userId: user?.id, isActive: true, steppedUpUntil: null }
    expect(principal).toEqual(expected)
    expect((await admit({ subject, email: freshEmail() })).principal).toEqual(expected)
    expect(await principalOf(identities[0]?.id ?? '')).toEqual(expected)
    expect(await world.rows(sessions, eq(sessions.userId, user?.id ?? '')), 'no session of ours').toEqual([])
    expect((await world.published(userRegistered)).at(-1)).toMatchObject({ userId: user?.id })
    expect((await world.published(securityRecorded)).at(-1)).toMatchObject({
      userId: user?.id,
      kind: 'IDENTITY_LINKED',
    })
  })

  it('means the person that logs in with the same identity', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north)
    await logInAt(world, north, subject)
    const [user] = await world.rows(users, eq(users.email, email))
    expect((await admit({ subject })).principal).toMatchObject({ userId: user?.id, isActive: true })
  })

  it('makes one account of ten first calls at once', async () => {
    const { world } = house
    const [subject, email] = [crypto.randomUUID(), freshEmail()]
    const answers = await times(10, () => admit({ subject, email }))
    expect(new Set(answers.map(({ principal }) => principal?.sessionId)).size).toBe(1)
    const [user, ...more] = await world.rows(users, eq(users.email, email))
    expect([user?.id, more]).toEqual([answers[0]?.principal?.userId, []])
  })

  it('makes one account of ten first calls at once that name different addresses', async () => {
    const { world } = house
    const subject = crypto.randomUUID()
    const emails = Array.from({ length: 10 }, freshEmail)
    const answers = await Promise.all(emails.map((email) => admit({ subject, email })))
    const meant = answers.map(({ principal }) => principal?.userId)
    expect(meant).toEqual(Array(10).fill(meant[0]))
    const opened = (await world.rows(users)).filter(({ email }) => emails.includes(email ?? ''))
    expect(opened.map(({ id }) => id)).toEqual([meant[0]])
    expect((await admit({ subject })).principal?.userId).toBe(meant[0])
  })

  it('notes the use at most once a minute', async () => {
    const { world } = house
    const [subject, email] = [crypto.randomUUID(), freshEmail()]
    await admit({ subject, email })
    const first = world.clock.now()
    const used = async () =>
      (await world.rows(externalIdentities, eq(externalIdentities.subject, subject)))[0]?.lastUsedAt
    world.clock.advance(59_999)
    await admit({ subject })
    expect(await used()).toEqual(first)
    world.clock.advance(1)
    await admit({ subject })
    expect(await used()).toEqual(world.clock.now())
  })

  it('never links an account that merely has the same address', async () => {
    const { world } = house
    const owner = await account(world)
    await verify(world, owner.userId)
    const before = await written(world)
    const answer = await admit({ subject: crypto.randomUUID(), email: owner.email })
    expect([answer.principal, codesOf(answer)]).toEqual([null, ['EXTERNAL_EMAIL_CONFLICT']])
    expect(await written(world)).toEqual(before)
  })

  it('lets nobody in without an address, where no accounts are opened, or from an issuer that nobody trusts', async () => {
    const { world, south } = house
    const before = await written(world)
    const subject = crypto.randomUUID()
    expect(codesOf(await admit({ subject }))).toEqual(['EXTERNAL_EMAIL_REQUIRED'])
    expect(codesOf(await admit({ subject, issuer: south.url, email: freshEmail() }))).toEqual([
      'EXTERNAL_ACCOUNT_UNKNOWN',
    ])
    expect(codesOf(await admit({ subject, issuer: 'https://evil.example', email: freshEmail() }))).toEqual([
      'ISSUER_UNKNOWN',
    ])
    expect(await written(world)).toEqual(before)
  })

  it('gives nothing for an account that is suspended, or whose issuer’s tokens are not taken', async () => {
    const { world, south } = house
    const [subject, email] = [crypto.randomUUID(), freshEmail()]
    const { principal } = await admit({ subject, email })
    await world.host.database.db
      .update(users)
      .set({ status: 'SUSPENDED', suspendedAt: world.clock.now() })
      .where(eq(users.email, email))
    expect((await admit({ subject })).principal).toMatchObject({ isActive: false })
    expect(await principalOf(principal?.sessionId ?? '')).toMatchObject({ isActive: false })

    const owner = await account(world)
    await world.host.database.db.insert(externalIdentities).values({
      id: principal?.sessionId.replace(/.$/, (last) => (last === '0' ? '1' : '0')) ?? '',
      userId: owner.userId,
      issuer: south.url,
      subject,
      label: 'south',
      createdAt: world.clock.now(),
      lastUsedAt: world.clock.now(),
    })
    expect((await admit({ subject, issuer: south.url })).principal).toMatchObject({ isActive: false })
  })

  it('gives nothing for an account that asks for a second proof here', async () => {
    const { world } = house
    const [subject, email] = [crypto.randomUUID(), freshEmail()]
    const { principal } = await admit({ subject, email })
    expect(principal).toMatchObject({ isActive: true })
    await world.host.database.db.insert(totpFactors).values({
      id: newId('mfa'),
      userId: principal?.userId ?? '',
      label: 'Phone',
      secret: 'sealed',
      status: 'ACTIVE',
      createdAt: world.clock.now(),
      confirmedAt: world.clock.now(),
    })
    expect((await admit({ subject })).principal).toMatchObject({ isActive: false })
    expect(await principalOf(principal?.sessionId ?? '')).toMatchObject({ isActive: false })
  })

  it('ends with the identity', async () => {
    const { world } = house
    const owner = await account(world)
    const [subject, email] = [crypto.randomUUID(), freshEmail()]
    const { principal } = await admit({ subject, email })
    const id = principal?.sessionId ?? ''
    await world.host.database.db
      .update(externalIdentities)
      .set({ userId: owner.userId })
      .where(eq(externalIdentities.id, id))
    expect(await principalOf(id)).toMatchObject({ userId: owner.userId, isActive: true })
    await fresh(world, owner).mutate('unlinkExternalIdentity', { id }, 'removedExternalIdentityId')
    expect(await principalOf(id)).toBeNull()
  })
})
