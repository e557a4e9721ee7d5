import { newId } from '@guildhall/kit/ids'
import type { Person } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityRecorded } from '../contract.ts'
import { passkeys } from '../tables.ts'
import { account, freshEmail, listenForChanges, principalOf } from './accounts.ts'
import {
  codesOf,
  complete,
  createExternalWorld,
  type ExternalWorld,
  fresh,
  identitiesOf,
  logInAt,
  stale,
  startLink,
  stranger,
  times,
  written,
} from './external-world.ts'
import { redirectUrl } from './issuer.ts'

let house: ExternalWorld
beforeAll(async () => {
  house = await createExternalWorld()
})
afterAll(() => house?.close())

describe('startExternalLink', () => {
  it('links one more identity, and no session begins', async () => {
    const { world, north, south } = house
    const owner = await account(world)
    south.accounts.set('south|ada', { email: freshEmail(), email_verified: true })
    const me = fresh(world, owner)
    const sessionsBefore = (await written(world)).sessions
    const begun = await startLink(me, { issuer: 'south' })
    const answer = await complete(me, begun.flowToken, await south.visit(begun.authorizationUrl, 'south|ada'))
    expect(answer).toMatchObject({
      tokens: null,
      challenge: null,
      user: null,
      link: null,
      externalIdentity: { issuer: { name: 'south' } },
      returnTo: '/account',
      userErrors: [],
    })
    expect((await written(world)).sessions).toEqual(sessionsBefore)
    const { data } = await me.run<{ me: { externalIdentities: object[] } }>(
      '{ me { externalIdentities { id label issuer { name label } } } }',
    )
    expect(data.me.externalIdentities).toEqual([
      {
        id: answer.externalIdentity?.id,
        label: answer.externalIdentity?.label,
        issuer: { name: 'south', label: 'South' },
      },
    ])
    const { data: seen } = await account(world).then(({ person }) =>
      person.run('query ($id: ID!) { user(id: $id) { externalIdentities { id } } }', { id: owner.userId }),
    )
    expect(seen, 'nobody else sees them').toEqual({ user: { externalIdentities: null } })
    const kinds = (await world.published(securityRecorded)).filter(({ userId }) => userId === owner.userId)
    expect(kinds.map(({ kind }) => kind)).toContain('IDENTITY_LINKED')
    // Known from now on, although south opens no accounts.
    const later = await logInAt(world, south, 'south|ada', 'south')
    expect(decodeJwt(later.tokens?.accessToken ?? '').sub).toBe(owner.userId)
    expect(north.url).not.toBe(south.url)
  })

  it('asks for a fresh proof, and is finished by the same person alone', async () => {
    const { world, north } = house
    const [owner, thief] = [await account(world), await account(world)]
    const document =
      'mutation ($url: String!) { startExternalLink(input: { issuer: "north", redirectUrl: $url }) { flowToken } }'
    const refused = await stale(world, owner).run(document, { url: redirectUrl })
    expect(refused.errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
    const { subject } = stranger(north)
    const { authorizationUrl, flowToken } = await startLink(fresh(world, owner))
    const callbackUrl = await north.visit(authorizationUrl, subject)
    const before = await written(world)
    for (const other of [world.anonymous, fresh(world, thief)]) {
      expect(codesOf(await complete(other, flowToken, callbackUrl))).toEqual(['STATE_MISMATCH'])
    }
    expect(await written(world)).toEqual(before)
    expect(codesOf(await complete(owner.person, flowToken, callbackUrl))).toEqual([])
    expect(await identitiesOf(world, owner.userId)).toHaveLength(1)
  })

  it('takes no identity from another account, and gives it to one of two rivals', async () => {
    const { world, north } = house
    const { subject } = stranger(north)
    const rivals = [await account(world), await account(world)]
    const ways = await Promise.all(
      rivals.map(async (rival) => {
        const { authorizationUrl, flowToken } = await startLink(fresh(world, rival))
        return { rival, flowToken, callbackUrl: await north.visit(authorizationUrl, subject) }
      }),
    )
    const answers = await Promise.all(
      ways.map(({ rival, flowToken, callbackUrl }) => complete(rival.person, flowToken, callbackUrl)),
    )
    expect(answers.map((answer) => codesOf(answer)[0] ?? 'linked').sort()).toEqual([
      'IDENTITY_TAKEN',
      'linked',
    ])
    const identities = await Promise.all(rivals.map(({ userId }) => identitiesOf(world, userId)))
    expect(identities.flat()).toHaveLength(1)
  })

  it('stops at ten identities, however many are linked at once', async () => {
    const { world, north } = house
    const owner = await account(world)
    const ways = await times(12, async () => {
      const { authorizationUrl, flowToken } = await startLink(fresh(world, owner))
      return { flowToken, callbackUrl: await north.visit(authorizationUrl, stranger(north).subject) }
    })
    const answers = await Promise.all(
      ways.map(({ flowToken, callbackUrl }) => complete(owner.person, flowToken, callbackUrl)),
    )
    expect(answers.flatMap(codesOf)).toEqual(Array(2).fill('TOO_MANY_IDENTITIES'))
    expect(await identitiesOf(world, owner.userId)).toHaveLength(10)
  })
})

describe('unlinkExternalIdentity', () => {
  const unlink = (by: Person, id: string) =>
    by.mutate<{ removedExternalIdentityId: string | null }>(
      'unlinkExternalIdentity',
      { id },
      'removedExternalIdentityId',
    )
  /** Somebody who has nothing but identities. */
  const newcomer = async (identities: number) => {
    const { world, north } = house
    const { tokens } = await logInAt(world, north, stranger(north).subject)
    const { sub: userId = '', sid: sessionId } = decodeJwt<{ sid: string }>(tokens?.accessToken ?? '')
    const me = fresh(world, { userId, sessionId })
    for (let more = 1; more < identities; more++) {
      const { authorizationUrl, flowToken } = await startLink(me)
      await complete(me, flowToken, await north.visit(authorizationUrl, stranger(north).subject))
    }
    return { me, userId, identities: await identitiesOf(world, userId) }
  }

  it('parts with an identity, and routers forget the person', async () => {
    const { world } = house
    const { me, userId, identities } = await newcomer(2)
    const changes = await listenForChanges(world)
    const id = identities[0]?.id ?? ''
    expect(await unlink(me, id)).toEqual({ removedExternalIdentityId: id, userErrors: [] })
    expect(await changes.next()).toEqual({ userId, sessionId: null })
    await changes.close()
    expect(await principalOf(world, id)).toBeNull()
    expect((await identitiesOf(world, userId)).map((identity) => identity.id)).toEqual([identities[1]?.id])
    expect((await world.published(securityRecorded)).at(-1)).toMatchObject({
      userId,
      kind: 'IDENTITY_UNLINKED',
    })
    const again = await logInAt(world, house.north, identities[0]?.subject ?? '')
    expect([again.tokens, again.link?.email], 'a stranger from now on').toEqual([null, identities[0]?.label])
  })

  it('keeps the last way to log in, however many are taken away at once', async () => {
    const { world } = house
    const { me, userId, identities } = await newcomer(3)
    const answers = await Promise.all(identities.map(({ id }) => unlink(me, id)))
    expect(answers.flatMap(codesOf)).toEqual(['LAST_LOGIN_METHOD'])
    expect(await identitiesOf(world, userId)).toHaveLength(1)
  })

  it('lets the last identity go where there is a password', async () => {
    const { world, north } = house
    const owner = await account(world)
    const me = fresh(world, owner)
    const { authorizationUrl, flowToken } = await startLink(me)
    const { externalIdentity } = await complete(
      me,
      flowToken,
      await north.visit(authorizationUrl, stranger(north).subject),
    )
    expect(codesOf(await unlink(me, externalIdentity?.id ?? ''))).toEqual([])
    expect(await identitiesOf(world, owner.userId)).toEqual([])
  })

  it('counts a passkey, which then has to stay', async () => {
    const { world } = house
    const { me, userId, identities } = await newcomer(1)
    const id = newId('pky')
    await world.host.database.db.insert(passkeys).values({
      id,
      userId,
      slot: 1,
      label: 'Phone',
      credentialId: id,
      publicKey: 'x',
      signCount: 0,
      isBackedUp: false,
      createdAt: world.clock.now(),
    })
    expect(codesOf(await unlink(me, identities[0]?.id ?? ''))).toEqual([])
    expect(codesOf(await me.mutate('removePasskey', { id }, 'user { id }'))).toEqual(['LAST_LOGIN_METHOD'])
    expect(await world.rows(passkeys, eq(passkeys.userId, userId))).toHaveLength(1)
  })

  it('touches nobody else’s, and asks for a fresh proof', async () => {
    const { world } = house
    const { userId, identities } = await newcomer(1)
    const thief = await account(world)
    const id = identities[0]?.id ?? ''
    expect(codesOf(await unlink(fresh(world, thief), id))).toEqual(['NOT_FOUND'])
    expect(codesOf(await unlink(fresh(world, thief), userId))).toEqual(['NOT_FOUND'])
    const { errors } = await stale(world, thief).run(
      'mutation ($id: ID!) { unlinkExternalIdentity(input: { id: $id }) { removedExternalIdentityId } }',
      { id },
    )
    expect(errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
    expect(await identitiesOf(world, userId)).toEqual(identities)
  })
})
