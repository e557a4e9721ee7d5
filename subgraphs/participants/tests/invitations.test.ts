import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventInvitations, registrations } from '../tables.ts'
import { refused } from './form-support.ts'
import { domains, freshEmail, house, invite, registered, tokenFor } from './invitation-support.ts'
import { act, hourMs, one, register, statusesOf, sweep } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const come = (person: Person, eventId: string, invitationToken: string, more: object = {}) =>
  act(person, 'registerForEvent', { eventId, invitationToken, ...more })

describe('an invitation', () => {
  it('is listed for managers by its state, and by its token shown without the address', async () => {
    const made = await house(world)
    const { organizer, eventId, formId } = made
    const [a, b] = [freshEmail(), freshEmail()]
    const { invited } = await invite(made, [a, b])
    const declining = await tokenFor(world, b)
    expect(
      await world.anonymous.mutate(
        'declineEventInvitation',
        { token: declining },
        'invitation { state email }',
      ),
    ).toEqual({ invitation: { state: 'DECLINED', email: null }, userErrors: [] })
    const list = (person: Person, state: string) =>
      person.entity<object>(
        'participants',
        'Event',
        eventId,
        `invitations(filter: { state: ${state} }) { totalCount nodes { email } }`,
      )
    expect(await list(organizer, 'PENDING')).toEqual({
      invitations: { totalCount: 1, nodes: [{ email: a }] },
    })
    expect(await list(organizer, 'DECLINED')).toEqual({
      invitations: { totalCount: 1, nodes: [{ email: b }] },
    })
    expect(await list(organizer, 'EXPIRED')).toEqual({ invitations: { totalCount: 0, nodes: [] } })
    expect(await list(world.person(), 'PENDING')).toEqual({ invitations: null })
    const byToken = async (token: string) =>
      (
        await world.anonymous.run(
          `{ eventInvitation(token: "${token}") { email state form { id } event { id } registration { id } } }`,
        )
      ).data
    const shown = { email: null, event: { id: eventId }, registration: null }
    expect(await byToken(await tokenFor(world, a))).toEqual({
      eventInvitation: { ...shown, state: 'PENDING', form: { id: formId } },
    })
    expect(await byToken(declining)).toEqual({
      eventInvitation: { ...shown, state: 'DECLINED', form: null },
    })
    expect(await byToken('nonsense')).toEqual({ eventInvitation: null })
    const id = invited[0]?.id ?? ''
    expect(await organizer.entity('participants', 'EventInvitation', id, 'id')).toEqual({ id })
    expect(await world.person().entity('participants', 'EventInvitation', id, 'id')).toBeNull()
  })

  it('opens a private form, which nothing else does, and is used up by it', async () => {
    const made = await house(world)
    const { organizer, eventId, formId } = made
    const guest = await registered(world)
    await invite(made, [guest.email])
    const token = await tokenFor(world, guest.email)
    expect(await act(guest, 'registerForEvent', { eventId, formId })).toBe('NOT_FOUND')
    expect(await come(guest, eventId, 'nonsense', { formId })).toBe('INVITATION_INVALID')
    const key = { formId, idempotencyKey: 'k' }
    expect(await come(guest, eventId, token, key)).toBe('CONFIRMED')
    expect(await come(guest, eventId, token, key)).toBe('CONFIRMED')
    const registration = await one(world.rows(registrations, eq(registrations.eventId, eventId)))
    expect(registration).toMatchObject({ userId: guest.userId, formId })
    const id = (await one(world.rows(eventInvitations, eq(eventInvitations.email, guest.email)))).id
    expect(
      await organizer.entity('participants', 'EventInvitation', id, 'state decidedAt registration { id }'),
    ).toEqual({
      state: 'ACCEPTED',
      decidedAt: world.clock.now().toISOString(),
      registration: { id: registration.id },
    })
    await act(guest, 'withdrawRegistration', { id: registration.id })
    expect(await come(guest, eventId, token)).toBe('INVITATION_INVALID')
    expect((await invite(made, [guest.email])).invited).toHaveLength(1)
    expect(await come(guest, eventId, await tokenFor(world, guest.email))).toBe('CONFIRMED')
  })

  it('is for those who have verified the address, unless it is for whoever has the link', async () => {
    const made = await house(world)
    const { eventId } = made
    const stranger = await registered(world)
    const unverified = await registered(world, { isVerified: false })
    const open = freshEmail()
    await invite(made, [unverified.email])
    await invite(made, [open], { isEmailLocked: false })
    const locked = await tokenFor(world, unverified.email)
    expect(await come(stranger, eventId, locked)).toBe('INVITATION_EMAIL_MISMATCH')
    expect(await come(unverified, eventId, locked)).toBe('INVITATION_EMAIL_MISMATCH')
    expect(await statusesOf(world, eventId)).toEqual([])
    expect(await come(stranger, eventId, await tokenFor(world, open))).toBe('CONFIRMED')
  })

  it('spares its bearer the reviewers, but not the queue', async () => {
    const made = await house(world, { capacity: 1, approvalMode: 'MANUAL' })
    const { eventId } = made
    const emails = [freshEmail(), freshEmail()]
    const plain = freshEmail()
    await invite(made, emails, { isApprovalSkipped: true, isEmailLocked: false })
    await invite(made, [plain], { isEmailLocked: false })
    const tokens = await Promise.all([...emails, plain].map((email) => tokenFor(world, email)))
    const reached: string[] = []
    for (const token of [tokens[2], tokens[0], tokens[1]])
      reached.push(await come(world.person(), eventId, token ?? ''))
    expect(reached).toEqual(['PENDING_APPROVAL', 'CONFIRMED', 'WAITLISTED'])
  })

  it('is no good for another event or form, nor once it was declined, revoked or is too old', async () => {
    const made = await house(world)
    const other = await house(world)
    const { organizer, eventId } = made
    const emails = [freshEmail(), freshEmail(), freshEmail()]
    const { invited } = await invite(made, emails, { isEmailLocked: false })
    const [declined = '', revoked = '', late = ''] = await Promise.all(
      emails.map((email) => tokenFor(world, email)),
    )
    const guest = world.person()
    expect(await come(guest, other.eventId, late)).toBe('INVITATION_INVALID')
    expect(await come(guest, eventId, late, { formId: other.formId })).toBe('INVITATION_INVALID')
    const decline = () => refused(world.anonymous, 'declineEventInvitation', { token: declined })
    expect(await decline()).toEqual([])
    expect(await decline()).toEqual(['INVITATION_INVALID token'])
    const id = invited.find(({ email }) => email === emails[1])?.id ?? ''
    const revoke = (person: Person) => refused(person, 'revokeEventInvitation', { id })
    expect(await revoke(world.organization().as('OWNER'))).toEqual(['NOT_FOUND id'])
    expect(await revoke(organizer)).toEqual([])
    expect(await revoke(organizer)).toEqual(['INVALID_STATE_TRANSITION id'])
    expect(await come(guest, eventId, declined)).toBe('INVITATION_INVALID')
    expect(await come(guest, eventId, revoked)).toBe('INVITATION_INVALID')
    expect(await statusesOf(world, eventId)).toEqual([])
  })

  it('that fails for another reason stays open', async () => {
    const made = await house(world, { capacity: 1, isWaitlistEnabled: false })
    const { eventId } = made
    const first = await register(world.person(), eventId)
    const email = freshEmail()
    await invite(made, [email], { isEmailLocked: false })
    const token = await tokenFor(world, email)
    const guest = world.person()
    expect(await come(guest, eventId, token)).toBe('EVENT_FULL')
    const invitation = () => one(world.rows(eventInvitations, eq(eventInvitations.email, email)))
    expect(await invitation()).toMatchObject({ state: 'PENDING', registrationId: null })
    await made.organizer.mutate('cancelRegistration', { id: first.id, reason: 'x' }, 'registration { id }')
    expect(await come(guest, eventId, token)).toBe('CONFIRMED')
  })

  it('expires by the clock, makes room for another, and is forgotten after 30 days', async () => {
    const start = new Date(world.clock.now().getTime() + 90 * 24 * hourMs)
    const dates = {
      startsAt: start.toISOString(),
      endsAt: new Date(start.getTime() + 24 * hourMs).toISOString(),
    }
    const made = await house(world, dates)
    const { organizer, eventId } = made
    const [email, accepting] = [freshEmail(), freshEmail()]
    await invite(made, [email, accepting], { isEmailLocked: false })
    const token = await tokenFor(world, email)
    expect(await come(world.person(), eventId, await tokenFor(world, accepting))).toBe('CONFIRMED')
    world.clock.advance(14 * 24 * hourMs)
    expect(await come(world.person(), eventId, token)).toBe('INVITATION_INVALID')
    expect(
      await organizer.entity(
        'participants',
        'Event',
        eventId,
        'invitations(filter: { state: EXPIRED }) { totalCount }',
      ),
    ).toEqual({ invitations: { totalCount: 1 } })
    expect((await invite(made, [email])).invited).toHaveLength(1)
    const states = async () =>
      (await world.rows(eventInvitations, eq(eventInvitations.eventId, eventId)))
        .map((row) => row.state)
        .sort()
    expect(await states()).toEqual(['ACCEPTED', 'EXPIRED', 'PENDING'])
    world.clock.advance(30 * 24 * hourMs)
    await sweep(world)
    expect(await states()).toEqual(['ACCEPTED', 'PENDING'])
    world.clock.advance(14 * 24 * hourMs)
    await sweep(world)
    expect(await states()).toEqual(['ACCEPTED'])
  })
})
