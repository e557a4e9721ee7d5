import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invitationResent } from '../contract.ts'
import { invitations, members } from '../tables.ts'
import { codesOf, found, invite, registered } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const minute = 60_000
const day = 24 * 60 * 60 * 1000
const resend = (by: Person, id: string, more = {}) =>
  by.mutate<{ token: string | null }>(
    'resendInvitation',
    { id, ...more },
    'token invitation { status expiresAt }',
  )
const accept = (by: Person, token: string | null) =>
  by.mutate('acceptInvitation', { token }, 'member { role }')
/** How an answer ended: 'sent', the code of its failure, or that it came too soon. */
const answerOf = (answer: ReturnType<typeof resend>): Promise<string> =>
  answer.then(
    (payload) => codesOf(payload)[0] ?? 'sent',
    (error: Error) => /"code":"(RATE_LIMITED)"/.exec(error.message)?.[1] ?? error.message,
  )
const tooSoon = 'RATE_LIMITED'
/** Identity writes to the address as well. */
const invitationsTo = async (email: string) =>
  (await world.mails(email)).filter(({ kind }) => kind === 'organizations.invitation')
const linkIn = (text: string | undefined) => /^\S+\/invitations\/(\S+)$/m.exec(text ?? '')

describe('mails of invitations', () => {
  it('bring the link to whoever has the address, with an account or without, and tell the inviter the same', async () => {
    const organization = await found(world)
    const somebody = await registered(world)
    const strangers = `nobody.${somebody.email}`
    const answers = []
    for (const email of [somebody.email, strangers]) {
      const input = { organizationId: organization.id, email }
      const payload = await organization.owner.mutate<{ token: string }>(
        'inviteMember',
        input,
        'token invitation { role status }',
      )
      await world.settle()
      const sent = await invitationsTo(email)
      expect(sent.map(({ subject, kind }) => [subject, kind])).toEqual([
        ['Analytical Engines invites you', 'organizations.invitation'],
      ])
      const [link, token] = linkIn(sent[0]?.text) ?? []
      expect(token).toBe(payload.token)
      expect(link).toBe(`http://localhost:4000/invitations/${payload.token}`)
      answers.push({ ...payload, token: payload.token.length })
    }
    expect(answers[0]).toEqual(answers[1])
  })
})

describe('resendInvitation', () => {
  it('sends a new token, which alone is good, and begins the time anew', async () => {
    const organization = await found(world)
    const somebody = await registered(world)
    const { id, token } = await invite(organization, somebody.email)
    world.clock.advance(20 * day)
    const { token: renewed, ...payload } = await resend(organization.owner, id)
    const expiresAt = new Date(world.clock.now().getTime() + 14 * day).toISOString()
    expect(payload).toEqual({ invitation: { status: 'PENDING', expiresAt }, userErrors: [] })
    expect((await world.published(invitationResent)).at(-1)).toEqual({
      invitationId: id,
      organizationId: organization.id,
      organizationName: organization.name,
      role: 'MEMBER',
      inviteeUserId: somebody.userId,
      actorId: organization.owner.userId,
      expiresAt,
    })
    await world.settle()
    expect((await invitationsTo(somebody.email)).map(({ text }) => linkIn(text)?.[1])).toEqual([
      token,
      renewed,
    ])
    expect(codesOf(await accept(somebody, token))).toEqual(['NOT_FOUND'])
    expect(codesOf(await accept(somebody, renewed))).toEqual([])
    expect(codesOf(await resend(organization.owner, id))).toEqual(['INVALID_STATE_TRANSITION'])
  })

  it('repeats the answer for the same key, but for the token, and sends one mail', async () => {
    const organization = await found(world)
    const { id } = await invite(organization, 'twice@example.org')
    world.clock.advance(minute)
    const first = await resend(organization.owner, id, { idempotencyKey: 'k' })
    const second = await resend(organization.owner, id, { idempotencyKey: 'k' })
    expect(second).toEqual({ ...first, token: null })
    await world.settle()
    expect(await world.mails('twice@example.org')).toHaveLength(2)
  })

  it('sends one mail a minute, the first of them with the invitation itself', async () => {
    const organization = await found(world)
    const { id } = await invite(organization, 'minute@example.org')
    const sentAfter = async (ms: number) => {
      world.clock.advance(ms)
      const answer = await answerOf(resend(organization.owner, id))
      return [answer, (await world.mails('minute@example.org')).length]
    }
    const before = await world.rows(invitations, eq(invitations.id, id))
    expect(await sentAfter(minute - 1)).toEqual([tooSoon, 1])
    expect(await world.rows(invitations, eq(invitations.id, id))).toEqual(before)
    expect(await sentAfter(1)).toEqual(['sent', 2])
    expect(await sentAfter(minute - 1)).toEqual([tooSoon, 2])
    expect(await sentAfter(1)).toEqual(['sent', 3])
  })

  it('lets a key that came too soon be used again', async () => {
    const organization = await found(world)
    const { id } = await invite(organization, 'patient@example.org')
    const again = () => answerOf(resend(organization.owner, id, { idempotencyKey: 'patience' }))
    expect(await again()).toBe(tooSoon)
    world.clock.advance(minute)
    expect([await again(), await again()]).toEqual(['sent', 'sent'])
    expect(await world.mails('patient@example.org')).toHaveLength(2)
  })

  it('sends once for ten who ask at once', async () => {
    const organization = await found(world)
    const { id } = await invite(organization, 'ten@example.org')
    world.clock.advance(minute)
    const before = await world.published(invitationResent)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => answerOf(resend(organization.owner, id))),
    )
    expect(answers.sort()).toEqual([...Array(9).fill(tooSoon), 'sent'])
    expect(await world.mails('ten@example.org')).toHaveLength(2)
    expect(await world.published(invitationResent)).toHaveLength(before.length + 1)
  })

  it('either sends or is accepted', async () => {
    const organization = await found(world)
    for (let round = 0; round < 5; round++) {
      const somebody = await registered(world)
      const invitation = await invite(organization, somebody.email)
      world.clock.advance(minute)
      const [accepted, sent] = await Promise.all([
        accept(somebody, invitation.token),
        resend(organization.owner, invitation.id),
      ])
      const isAccepted = codesOf(accepted).length === 0
      expect(isAccepted).not.toBe(codesOf(sent).length === 0)
      expect(await world.rows(members, eq(members.userId, somebody.userId))).toHaveLength(isAccepted ? 1 : 0)
      expect(await world.rows(invitations, eq(invitations.id, invitation.id))).toMatchObject([
        { status: isAccepted ? 'ACCEPTED' : 'PENDING' },
      ])
    }
  })

  it('refuses what holds too much or is foreign, and sends nothing', async () => {
    const organization = await found(world)
    const admin = await organization.member('ADMIN')
    const { id } = await invite(organization, 'heir@example.org', 'OWNER')
    const before = await world.published(invitationResent)
    expect(codesOf(await resend(admin, id))).toEqual(['ROLE_ESCALATION'])
    expect(codesOf(await resend((await found(world)).owner, id))).toEqual(['NOT_FOUND'])
    await expect(resend(await organization.member('MEMBER'), id)).rejects.toThrow('FORBIDDEN')
    await world.settle()
    expect(await world.mails('heir@example.org')).toHaveLength(1)
    expect(await world.published(invitationResent)).toEqual(before)
  })
})
