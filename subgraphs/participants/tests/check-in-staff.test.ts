import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationCheckedIn, registrationCheckInUndone, registrationConfirmed } from '../contract.ts'
import { checkIns, registrations } from '../tables.ts'
import { countsOf, door, guest, listFor, said, scan, staffOf } from './check-in-support.ts'
import { hourMs, publishedEvent, statusesOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const fromNow = (hours: number) => new Date(world.clock.now().getTime() + hours * hourMs).toISOString()

describe('those at the doors', () => {
  it('see the lists and whose ticket it is, and nothing else of registrations', async () => {
    const { staff, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId, { message: 'I am vegan.' })
    await said(staff, listId, anna.secret)
    const holder = await staff.run(
      'query ($secret: String!) { registrationByTicket(secret: $secret) { number status partySize person { id } } }',
      { secret: anna.secret },
    )
    expect(holder.data).toEqual({
      registrationByTicket: {
        number: 1,
        status: 'CHECKED_IN',
        partySize: 1,
        person: { id: anna.person.userId },
      },
    })
    const listed = await staff.entity(
      'participants',
      'Event',
      eventId,
      'registrations { totalCount } checkInLists { nodes { id checkIns { nodes { result holder { number } } } } }',
    )
    expect(listed).toEqual({
      registrations: null,
      checkInLists: {
        nodes: [{ id: listId, checkIns: { nodes: [{ result: 'OK', holder: { number: 1 } }] } }],
      },
    })
    expect(await staff.entity('participants', 'Registration', anna.registrationId, 'message')).toBeNull()
  })

  it('of another event are refused, and so is everybody else', async () => {
    const { organization, organizer, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId)
    const elsewhere = await publishedEvent(world, organization)
    const others = [
      await staffOf(world, organization, elsewhere),
      (await door(world)).staff,
      organization.as('MEMBER'),
      world.person(),
      anna.person,
    ]
    for (const other of others) {
      for (const list of [listId, 'cil_nonsense']) {
        expect(await said(other, list, anna.secret)).toBe('NOT_FOUND')
      }
      expect(await countsOf(other, listId)).toBeNull()
      const { data } = await other.run(
        'query ($secret: String!) { registrationByTicket(secret: $secret) { number } }',
        {
          secret: anna.secret,
        },
      )
      expect(data).toEqual({ registrationByTicket: null })
      expect(await other.entity('participants', 'Event', eventId, 'checkInLists { totalCount }')).toEqual({
        checkInLists: null,
      })
    }
    await expect(said(world.anonymous, listId, anna.secret)).rejects.toThrow('UNAUTHENTICATED')
    expect(await world.rows(checkIns, eq(checkIns.eventId, eventId))).toEqual([])
    expect(await said(organizer, listId, anna.secret)).toBe('OK')
  })

  it('open, change and close no lists: organizers do', async () => {
    const { staff, organizer, eventId, listId } = await door(world)
    await expect(listFor(staff, eventId)).rejects.toThrow('FORBIDDEN')
    await expect(staff.mutate('archiveCheckInList', { id: listId }, 'checkInList { id }')).rejects.toThrow(
      'FORBIDDEN',
    )
    const update = async (input: object) => {
      const { checkInList, userErrors } = await organizer.mutate<{ checkInList: object | null }>(
        'updateCheckInList',
        { id: listId, ...input },
        'checkInList { name isReEntryAllowed isExitRecorded version }',
      )
      return userErrors[0]?.code ?? checkInList
    }
    expect(await update({ isReEntryAllowed: true })).toBe('RE_ENTRY_NEEDS_EXIT')
    expect(await update({ activatesAt: fromNow(2), expiresAt: fromNow(1) })).toBe('INVALID_PERIOD')
    expect(await update({ name: ' Side door ', isExitRecorded: true })).toEqual({
      name: 'Side door',
      isReEntryAllowed: false,
      isExitRecorded: true,
      version: 2,
    })
    expect(await update({ name: 'x', expectedVersion: 1 })).toBe('VERSION_CONFLICT')
    const { secret } = await guest(world.person(), eventId)
    const { userErrors } = await organizer.mutate(
      'archiveCheckInList',
      { id: listId },
      'checkInList { archivedAt }',
    )
    expect(userErrors).toEqual([])
    expect(await said(staff, listId, secret)).toBe('INVALID_TIME')
    expect(await update({ name: 'x' })).toBe('CHECK_IN_LIST_ARCHIVED')
  })
})

describe('undoCheckIn', () => {
  const undo = async (person: Parameters<typeof said>[0], checkInId: string | undefined) => {
    const { checkIn, userErrors } = await person.mutate<{ checkIn: { undoReason: string } | null }>(
      'undoCheckIn',
      { checkInId, reason: 'Wrong person.' },
      'checkIn { undoReason }',
    )
    return userErrors[0]?.code ?? checkIn?.undoReason
  }

  it('takes a check-in back, once, and the ticket is as good as before', async () => {
    const { staff, eventId, listId } = await door(world)
    const { registrationId, secret } = await guest(world.person(), eventId)
    const { checkIn } = await scan(staff, listId, secret)
    expect(await said(staff, listId, secret)).toBe('ALREADY_REDEEMED')
    expect(await undo(staff, checkIn?.id)).toBe('Wrong person.')
    expect(await undo(staff, checkIn?.id)).toBe('CHECK_IN_NOT_UNDOABLE')
    expect(await statusesOf(world, eventId)).toEqual(['CONFIRMED'])
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 0, rejectedCount: 1 })
    expect(await said(staff, listId, secret)).toBe('OK')
    const own = (event: { registrationId: string }) => event.registrationId === registrationId
    expect((await world.published(registrationCheckedIn)).filter(own)).toHaveLength(2)
    expect((await world.published(registrationCheckInUndone)).filter(own)).toEqual([
      expect.objectContaining({ status: 'CONFIRMED', actorId: staff.userId }),
    ])
    expect((await world.published(registrationConfirmed)).filter(own)).toHaveLength(1)
  })

  it('leaves who was let in elsewhere checked in', async () => {
    const { staff, organizer, eventId, listId } = await door(world)
    const lunch = await listFor(organizer, eventId, { name: 'Lunch' })
    const { secret } = await guest(world.person(), eventId)
    const { checkIn } = await scan(staff, listId, secret)
    await scan(staff, lunch, secret)
    await undo(staff, checkIn?.id)
    expect(await statusesOf(world, eventId)).toEqual(['CHECKED_IN'])
  })

  it('is denied to others', async () => {
    const { staff, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId)
    const { checkIn } = await scan(staff, listId, anna.secret)
    const { staff: other } = await door(world)
    for (const person of [other, anna.person]) expect(await undo(person, checkIn?.id)).toBe('NOT_FOUND')
    expect(await world.rows(registrations, eq(registrations.id, anna.registrationId))).toMatchObject([
      { status: 'CHECKED_IN' },
    ])
  })
})
