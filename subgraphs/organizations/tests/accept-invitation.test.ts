import { createWorld, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verificationToken } from '../../../scripts/demo/verification-link.ts'
import { invitationDecided, membershipChanged } from '../contract.ts'
import { invitations, members, organizations } from '../tables.ts'
import { codesOf, found, invite, registered } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const selection = 'member { role organization { name myRole } user { id } }'

describe('acceptInvitation', () => {
  it('makes the invited person a member and tells the house', async () => {
    const organization = await found(world)
    const somebody = await registered(world)
    const { id, token } = await invite(organization, somebody.email, 'ORGANIZER')
    expect(await somebody.mutate('acceptInvitation', { token }, selection)).toEqual({
      member: {
        role: 'ORGANIZER',
        organization: { name: 'Analytical Engines', myRole: 'ORGANIZER' },
        user: { id: somebody.userId },
      },
      userErrors: [],
    })
    expect((await world.published(membershipChanged)).at(-1)).toEqual({
      organizationId: organization.id,
      organizationName: 'Analytical Engines',
      userId: somebody.userId,
      role: 'ORGANIZER',
      change: 'JOINED',
      version: 1,
      actorId: somebody.userId,
    })
    expect((await world.published(invitationDecided)).at(-1)).toMatchObject({
      invitationId: id,
      status: 'ACCEPTED',
      inviteeUserId: somebody.userId,
    })
  })

  it('counts an owner who joins', async () => {
    const organization = await found(world)
    const somebody = await registered(world)
    const { token } = await invite(organization, somebody.email, 'OWNER')
    await somebody.mutate('acceptInvitation', { token }, selection)
    expect(await world.rows(organizations, eq(organizations.id, organization.id))).toMatchObject([
      { ownerCount: 2 },
    ])
  })

  it('makes one membership of ten who accept one invitation at the same time', async () => {
    const organization = await found(world)
    const somebody = await registered(world)
    const { token } = await invite(organization, somebody.email)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => somebody.mutate('acceptInvitation', { token }, selection)),
    )
    expect(answers.flatMap(codesOf)).toEqual(Array(9).fill('INVALID_STATE_TRANSITION'))
    expect(await membershipsOf(organization.id, somebody.userId)).toHaveLength(1)
  })

  it('gives the same key the same answer', async () => {
    const organization = await found(world)
    const somebody = await registered(world)
    const { token } = await invite(organization, somebody.email)
    const accept = () => somebody.mutate('acceptInvitation', { token, idempotencyKey: 'k' }, selection)
    expect(await accept()).toEqual(await accept())
  })

  it('refuses other people, unknown tokens and invitations that are over, and writes nothing', async () => {
    const organization = await found(world)
    const [somebody, thief] = [await registered(world), await registered(world)]
    const { id, token } = await invite(organization, somebody.email)
    const before = await world.published(membershipChanged)
    const accept = (person: typeof thief, presented = token) =>
      person.mutate('acceptInvitation', { token: presented }, selection)
    expect(codesOf(await accept(thief))).toEqual(['INVITE_EMAIL_MISMATCH'])
    expect(codesOf(await accept(somebody, 'nonsense'))).toEqual(['NOT_FOUND'])
    world.clock.advance(14 * 24 * 60 * 60 * 1000)
    expect(codesOf(await accept(somebody))).toEqual(['INVITE_EXPIRED'])
    expect(await world.rows(invitations, eq(invitations.id, id))).toMatchObject([{ status: 'PENDING' }])
    expect(await membershipsOf(organization.id, somebody.userId)).toEqual([])
    expect(await world.published(membershipChanged)).toEqual(before)
  })

  it('wants a verified address, since inviters know the token as well, and writes nothing', async () => {
    const organization = await found(world)
    const somebody = await registered(world, { isVerified: false })
    const { id, token } = await invite(organization, somebody.email)
    const before = await world.published(membershipChanged)
    const accept = () => somebody.mutate('acceptInvitation', { token }, selection)
    expect(codesOf(await accept())).toEqual(['EMAIL_NOT_VERIFIED'])
    expect(await world.rows(invitations, eq(invitations.id, id))).toMatchObject([{ status: 'PENDING' }])
    expect(await membershipsOf(organization.id, somebody.userId)).toEqual([])
    expect(await world.published(membershipChanged)).toEqual(before)
    const link = await verificationToken(world.databaseUrl, somebody.email)
    await world.anonymous.mutate('verifyEmail', { token: link }, 'isVerified')
    expect(codesOf(await accept())).toEqual([])
  })

  it('is denied to those who are not logged in', async () => {
    const organization = await found(world)
    const { id, token } = await invite(organization, 'somebody@example.org')
    const { errors } = await world.anonymous.run(
      `mutation { acceptInvitation(input: { token: "${token}" }) { member { id } } }`,
    )
    expect(errors.map((error) => error.code)).toEqual(['UNAUTHENTICATED'])
    expect(await world.rows(invitations, eq(invitations.id, id))).toMatchObject([{ status: 'PENDING' }])
  })
})

describe('declineInvitation', () => {
  it('needs the token alone, and is final', async () => {
    const organization = await found(world)
    const somebody = await registered(world)
    const { token } = await invite(organization, somebody.email)
    const decline = (idempotencyKey: string) =>
      world.anonymous.mutate('declineInvitation', { token, idempotencyKey }, 'invitation { status }')
    expect(await decline('k')).toEqual({ invitation: { status: 'DECLINED' }, userErrors: [] })
    expect(await decline('k')).toEqual({ invitation: { status: 'DECLINED' }, userErrors: [] })
    expect(codesOf(await decline('another'))).toEqual(['INVALID_STATE_TRANSITION'])
    expect(codesOf(await somebody.mutate('acceptInvitation', { token }, selection))).toEqual([
      'INVALID_STATE_TRANSITION',
    ])
    expect((await world.published(invitationDecided)).at(-1)).toMatchObject({
      status: 'DECLINED',
      actorId: null,
    })
  })

  it('does not know other tokens', async () => {
    const payload = await world.anonymous.mutate('declineInvitation', { token: '' }, 'invitation { id }')
    expect(codesOf(payload)).toEqual(['NOT_FOUND'])
  })
})

const membershipsOf = (organizationId: string, userId: string) =>
  world.rows(members, and(eq(members.organizationId, organizationId), eq(members.userId, userId)))
