import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tickets } from '../tables.ts'
import { door, guest, guests, said, secretFor } from './check-in-support.ts'
import { act, hourMs, one, publishedEvent, register } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const _fromNow = (hours: number) => new Date(world.clock.now().getTime() + hours * hourMs).toISOString()

describe('a ticket', () => {
  it('is shown to its participant and to nobody else', async () => {
    const { organization, staff, eventId } = await door(world)
    const [anna] = await guests(world, eventId, 1)
    if (!anna) throw new Error('nobody')
    expect(anna.secret).toMatch(/^[A-Z2-7]{32}$/)
    const { data } = await anna.person.run(
      'query ($id: ID!) { registration(id: $id) { ticket { secret qrPayload isBlocked } } }',
      { id: anna.registrationId },
    )
    expect(data).toEqual({
      registration: { ticket: { secret: anna.secret, qrPayload: `GH1:${anna.secret}`, isBlocked: false } },
    })
    expect(await secretFor(organization.as('OWNER'), anna.registrationId)).toBe('none')
    expect(await secretFor(staff, anna.registrationId)).toBe('none')
    const listed = await organization
      .as('ORGANIZER')
      .entity('participants', 'Event', eventId, 'registrations { nodes { ticket { secret } } }')
    expect(listed).toEqual({ registrations: { nodes: [{ ticket: null }] } })
  })

  it('is worth nothing to who reads the table', async () => {
    const { staff, eventId, listId } = await door(world)
    const [anna] = await guests(world, eventId, 1)
    const row = await one(world.rows(tickets, eq(tickets.registrationId, anna?.registrationId ?? '')))
    expect(JSON.stringify(row)).not.toContain(anna?.secret)
    expect(await said(staff, listId, row.secretHash)).toBe('INVALID')
    expect(await said(staff, listId, row.sealedSecret ?? '')).toBe('INVALID')
  })

  it('comes with the seat, by whichever way that is reached', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { approvalMode: 'MANUAL' })
    const person = world.person()
    const { id } = await register(person, eventId)
    expect(await secretFor(person, id)).toBe('none')
    await act(organization.as('ORGANIZER'), 'approveRegistration', { id })
    expect(await secretFor(person, id)).toMatch(/^[A-Z2-7]{32}$/)
  })

  it('that was replaced is refused, and the new one is let in', async () => {
    const { staff, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId)
    const { ticket } = await anna.person.mutate<{ ticket: { secret: string } }>(
      'rotateTicket',
      { registrationId: anna.registrationId },
      'ticket { secret }',
    )
    expect(await said(staff, listId, anna.secret)).toBe('REVOKED')
    expect(await said(staff, listId, anna.secret, { isForced: true })).toBe('REVOKED')
    expect(await said(staff, listId, ` gh1:${ticket.secret.toLowerCase()}`)).toBe('OK')
    const byStaff = await staff.mutate<{ holder: object; ticket: object | null }>(
      'rotateTicket',
      { registrationId: anna.registrationId },
      'holder { number status } ticket { secret }',
    )
    expect(byStaff).toEqual({ holder: { number: 1, status: 'CHECKED_IN' }, ticket: null, userErrors: [] })
    expect(await secretFor(anna.person, anna.registrationId)).not.toBe(ticket.secret)
  })

  it('is blocked and unblocked by organizers', async () => {
    const { staff, organizer, eventId, listId } = await door(world)
    const { registrationId, secret } = await guest(world.person(), eventId)
    const code = async (mutation: string, more: object = {}) =>
      (await organizer.mutate(mutation, { registrationId, ...more }, 'holder { number }')).userErrors[0]?.code
    expect(await code('unblockTicket')).toBe('TICKET_NOT_BLOCKED')
    expect(await code('blockTicket', { reason: 'Unpaid.' })).toBeUndefined()
    expect(await code('blockTicket', { reason: 'Unpaid.' })).toBe('TICKET_BLOCKED')
    expect(await said(staff, listId, secret)).toBe('BLOCKED')
    expect(await said(staff, listId, secret, { isForced: true })).toBe('BLOCKED')
    await expect(staff.mutate('unblockTicket', { registrationId }, 'holder { number }')).rejects.toThrow(
      'FORBIDDEN',
    )
    expect(await code('unblockTicket')).toBeUndefined()
    expect(await said(staff, listId, secret)).toBe('OK')
  })
})
