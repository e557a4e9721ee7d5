import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invitationCreated } from '../contract.ts'
import { invitations } from '../tables.ts'
import { codesOf, found, granted, invite, registered } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const selection = 'token invitation { email role status organization { name } invitedBy { id } }'

describe('inviteMember', () => {
  it('keeps a place for an address, gives the token once, and tells whose address it is', async () => {
    const { id, owner } = await found(world)
    const { userId, email } = await registered(world)
    const payload = await owner.mutate<{ token: string }>(
      'inviteMember',
      { organizationId: id, email: email.toUpperCase(), role: 'ORGANIZER' },
      selection,
    )
    expect(payload).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      invitation: {
        email,
        role: 'ORGANIZER',
        status: 'PENDING',
        organization: { name: 'Analytical Engines' },
        invitedBy: { id: owner.userId },
      },
      userErrors: [],
    })
    const [row] = await world.rows(invitations, eq(invitations.organizationId, id))
    expect(JSON.stringify(row)).not.toContain(payload.token)
    expect((await world.published(invitationCreated)).at(-1)).toEqual({
      invitationId: row?.id,
      organizationId: id,
      organizationName: 'Analytical Engines',
      role: 'ORGANIZER',
      inviteeUserId: userId,
      actorId: owner.userId,
      expiresAt: row?.expiresAt.toISOString(),
    })
  })

  it('shows the invitation to whoever has the token, and to nobody else but managers', async () => {
    const organization = await found(world)
    const { token, id } = await invite(organization, 'somebody@example.org')
    const byToken = `{ organizationInvitation(token: "${token}") { id email organization { name } } }`
    expect((await world.anonymous.run(byToken)).data).toEqual({
      organizationInvitation: {
        id,
        email: 'somebody@example.org',
        organization: { name: organization.name },
      },
    })
    const none = await world.anonymous.run('{ organizationInvitation(token: "nonsense") { id } }')
    expect(none.data).toEqual({ organizationInvitation: null })
    const reference = (person: typeof organization.owner) =>
      person.entity('organizations', 'OrganizationInvitation', id, 'id')
    expect(await reference(organization.owner)).toEqual({ id })
    expect(await reference(await organization.member('ORGANIZER'))).toBeNull()
    expect(await reference((await found(world)).owner)).toBeNull()
  })

  it('repeats the answer for the same key, but for the token', async () => {
    const { id, owner } = await found(world)
    const input = { organizationId: id, email: 'a@example.org', idempotencyKey: 'k' }
    const first = await owner.mutate('inviteMember', input, 'token invitation { id }')
    const second = await owner.mutate('inviteMember', input, 'token invitation { id }')
    expect(second).toEqual({ ...first, token: null })
    expect(await world.rows(invitations, eq(invitations.organizationId, id))).toHaveLength(1)
  })

  it('refuses what cannot be, and writes nothing', async () => {
    const { id, owner, member } = await found(world)
    const admin = await member('ADMIN')
    const before = await world.published(invitationCreated)
    const tryTo = (input: object, person = owner) =>
      person.mutate('inviteMember', { organizationId: id, email: 'b@example.org', ...input }, selection)
    expect(codesOf(await tryTo({ email: 'nonsense' }))).toEqual(['INVALID_EMAIL'])
    expect(codesOf(await tryTo({ organizationId: 'org_nonsense' }))).toEqual(['NOT_FOUND'])
    expect(codesOf(await tryTo({ role: 'OWNER' }, admin))).toEqual(['ROLE_ESCALATION'])
    expect(await world.rows(invitations, eq(invitations.organizationId, id))).toEqual([])
    expect(await world.published(invitationCreated)).toEqual(before)
  })

  it('does not invite members', async () => {
    const organization = await found(world)
    const somebody = await registered(world)
    const { token } = await invite(organization, somebody.email)
    await somebody.mutate('acceptInvitation', { token }, 'member { id }')
    const again = { organizationId: organization.id, email: somebody.email }
    expect(codesOf(await organization.owner.mutate('inviteMember', again, selection))).toEqual([
      'ALREADY_MEMBER',
    ])
  })

  it('lets one of ten through who invite the same address, and again when the invitation has expired', async () => {
    const { id, owner } = await found(world)
    const tryIt = () =>
      owner.mutate('inviteMember', { organizationId: id, email: 'c@example.org' }, selection)
    const answers = await Promise.all(Array.from({ length: 10 }, tryIt))
    expect(answers.flatMap(codesOf)).toEqual(Array(9).fill('ALREADY_INVITED'))
    world.clock.advance(14 * 24 * 60 * 60 * 1000)
    expect(codesOf(await tryIt())).toEqual([])
    const rows = await world.rows(invitations, eq(invitations.organizationId, id))
    expect(rows.map((row) => row.status).sort()).toEqual(['EXPIRED', 'PENDING'])
  })

  it('is denied to members without the permission, strangers and those who are not logged in', async () => {
    const { id, member } = await found(world)
    const { owner: stranger } = await found(world)
    const before = await world.published(invitationCreated)
    const mutation = `mutation { inviteMember(input: { organizationId: "${id}", email: "d@example.org" }) { token } }`
    const codes = async (person: typeof stranger | typeof world.anonymous) =>
      (await person.run(mutation)).errors.map((error) => error.code)
    expect(await codes(await member('ORGANIZER'))).toEqual(['FORBIDDEN'])
    expect(await codes(stranger)).toEqual(['FORBIDDEN'])
    expect(await codes(world.person())).toEqual(['FORBIDDEN'])
    expect(await codes(world.anonymous)).toEqual(['UNAUTHENTICATED'])
    expect(await world.rows(invitations, eq(invitations.organizationId, id))).toEqual([])
    expect(await world.published(invitationCreated)).toEqual(before)
  })
})

describe('revokeInvitation', () => {
  it('takes an invitation back, once', async () => {
    const organization = await found(world)
    const { id, token } = await invite(organization, 'e@example.org')
    const revoke = () => organization.owner.mutate('revokeInvitation', { id }, 'invitation { status }')
    expect(await revoke()).toEqual({ invitation: { status: 'REVOKED' }, userErrors: [] })
    expect(codesOf(await revoke())).toEqual(['INVALID_STATE_TRANSITION'])
    const declined = await world.anonymous.mutate('declineInvitation', { token }, 'invitation { id }')
    expect(codesOf(declined)).toEqual(['INVALID_STATE_TRANSITION'])
  })

  it('does not know invitations of other organizations', async () => {
    const { id } = await invite(await found(world), 'f@example.org')
    const { owner: stranger } = await found(world)
    expect(codesOf(await stranger.mutate('revokeInvitation', { id }, 'invitation { id }'))).toEqual([
      'NOT_FOUND',
    ])
    expect(await world.rows(invitations, eq(invitations.id, id))).toMatchObject([{ status: 'PENDING' }])
  })

  it('is denied to those who lost the role, whatever their token still says', async () => {
    const organization = await found(world)
    const { id } = await invite(organization, 'g@example.org')
    const former = granted(world, world.person().userId, organization.id, 'ADMIN')
    expect(codesOf(await former.mutate('revokeInvitation', { id }, 'invitation { id }'))).toEqual([
      'NOT_FOUND',
    ])
  })
})
