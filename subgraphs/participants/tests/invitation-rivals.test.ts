import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { privacy } from '../privacy.ts'
import { eventInvitations } from '../tables.ts'
import { formOf, refused, tally } from './form-support.ts'
import { another, domains, freshEmail, house, invite, tokenFor } from './invitation-support.ts'
import { act, people, seatsOf, statusesOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

describe('rivals', () => {
  it('ten with one token: one registers, and the others hold nothing', async () => {
    const made = await house(world, { capacity: 20 })
    const { eventId, formId } = made
    const email = freshEmail()
    await invite(made, [email], { isEmailLocked: false })
    const invitationToken = await tokenFor(world, email)
    const replies = await Promise.all(
      people(world, 10).map((person) =>
        act(person, 'registerForEvent', { eventId, invitationToken, idempotencyKey: newId('key') }),
      ),
    )
    expect(tally(replies)).toEqual({ CONFIRMED: 1, INVITATION_INVALID: 9 })
    expect(await statusesOf(world, eventId)).toEqual(['CONFIRMED'])
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 1, queued: 0 })
    expect((await formOf(world, formId)).taken).toBe(1)
  })

  it('who accepts, declines and revokes at once: one of them does', async () => {
    const made = await house(world)
    const { organizer, eventId } = made
    const email = freshEmail()
    const { invited } = await invite(made, [email], { isEmailLocked: false })
    const token = await tokenFor(world, email)
    const [came, declined, revoked] = await Promise.all([
      act(world.person(), 'registerForEvent', { eventId, invitationToken: token }),
      refused(world.anonymous, 'declineEventInvitation', { token }),
      refused(organizer, 'revokeEventInvitation', { id: invited[0]?.id }),
    ])
    const winners = [came === 'CONFIRMED', declined.length === 0, revoked.length === 0]
    expect(winners.filter(Boolean)).toHaveLength(1)
    const [row] = await world.rows(eventInvitations, eq(eventInvitations.email, email))
    expect(row?.state).toBe(['ACCEPTED', 'DECLINED', 'REVOKED'][winners.indexOf(true)])
    expect(await statusesOf(world, eventId)).toEqual(winners[0] ? ['CONFIRMED'] : [])
  })

  it('five organizers invite the same addresses in any order: one invitation and one mail each', async () => {
    const made = await house(world)
    const emails = Array.from({ length: 40 }, freshEmail)
    const replies = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        invite(another(made.organization, made), [...emails.slice(n * 7), ...emails.slice(0, n * 7)]),
      ),
    )
    expect(replies.flatMap(({ userErrors }) => userErrors)).toEqual([])
    expect(replies.flatMap(({ invited }) => invited.map(({ email }) => email)).sort()).toEqual(emails.sort())
    const codes = replies.flatMap(({ failed }) => failed.map(({ code }) => code))
    expect(tally(codes)).toEqual({ ALREADY_INVITED: 160 })
    const rows = await world.rows(eventInvitations, eq(eventInvitations.eventId, made.eventId))
    expect(rows.map(({ email }) => email).sort()).toEqual(emails)
    const mailed = (await world.mails()).map(({ to }) => to).filter((to) => emails.includes(to))
    expect(mailed.sort()).toEqual(emails)
  })
})

describe('the number of statements', () => {
  it('of inviting 500 is that of inviting one', async () => {
    const made = await house(world)
    const counted = async (count: number) => {
      const emails = Array.from({ length: count }, freshEmail)
      const statements = await world.statements(async () => {
        expect((await invite(made, emails)).invited).toHaveLength(count)
      })
      // Mails are sent meanwhile, one by one.
      return statements.filter(
        (statement) => !/update "?participants"?\."?mail|from "?participants"?\."?mail/.test(statement),
      ).length
    }
    expect(await counted(500)).toBe(await counted(1))
  })
})

describe('privacy', () => {
  it('tells people of the invitation they accepted, and forgets the address with them', async () => {
    const made = await house(world)
    const { eventId } = made
    const [email, open] = [freshEmail(), freshEmail()]
    await invite(made, [email, open], { isEmailLocked: false })
    const guest = world.person()
    await act(guest, 'registerForEvent', { eventId, invitationToken: await tokenFor(world, email) })
    const ctx = world.host.subgraphs.participants?.ownContext()
    if (!ctx) throw new Error('participants do not run')
    expect(await privacy.collect(ctx, guest.userId)).toMatchObject({
      eventInvitations: [{ event: 'Spring Hack', email }],
    })
    expect(await privacy.collect(ctx, world.person().userId)).toMatchObject({ eventInvitations: [] })
    await ctx.transaction('erase', async (tx) => {
      await privacy.erase(ctx, tx, guest.userId)
      return { ok: true, value: null }
    })
    const rows = await world.rows(eventInvitations, eq(eventInvitations.eventId, eventId))
    expect(rows.map((row) => row.email)).toEqual([open])
  })
})
