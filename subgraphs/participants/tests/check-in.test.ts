import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationCheckedIn } from '../contract.ts'
import { countsOf, door, guest, guests, listFor, logOf, said, scan } from './check-in-support.ts'
import { act, hourMs, statusesOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const fromNow = (hours: number) => new Date(world.clock.now().getTime() + hours * hourMs).toISOString()

describe('checkIn', () => {
  it('lets a ticket in once and says who was first, and where', async () => {
    const { staff, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId)
    const at = world.clock.now().toISOString()
    const first = await scan(staff, listId, anna.secret)
    expect(first).toEqual({
      checkIn: { id: expect.stringMatching(/^chk_/), result: 'OK', errorReason: null, peopleCount: 1 },
      userErrors: [],
    })
    const { data } = await staff.run(
      `mutation ($input: CheckInInput!) { checkIn(input: $input) { checkIn { id } userErrors {
        __typename code ... on AlreadyRedeemedError { redeemedAt device holder { number status partySize } } } } }`,
      { input: { listId, secret: anna.secret, nonce: 'again', deviceId: 'gate-2' } },
    )
    expect(data).toEqual({
      checkIn: {
        checkIn: null,
        userErrors: [
          {
            __typename: 'AlreadyRedeemedError',
            code: 'ALREADY_REDEEMED',
            redeemedAt: at,
            device: 'gate-1',
            holder: { number: 1, status: 'CHECKED_IN', partySize: 1 },
          },
        ],
      },
    })
    expect(await statusesOf(world, eventId)).toEqual(['CHECKED_IN'])
    expect(await logOf(world, listId)).toMatchObject([
      { result: 'OK', isCurrent: true },
      { result: 'REJECTED', refusal: 'ALREADY_REDEEMED', outdoneById: first.checkIn?.id },
    ])
    const told = (await world.published(registrationCheckedIn)).filter((event) => event.eventId === eventId)
    expect(told).toEqual([expect.objectContaining({ status: 'CHECKED_IN', actorId: staff.userId })])
    const seen = await anna.person.run('query ($id: ID!) { registration(id: $id) { checkedInAt } }', {
      id: anna.registrationId,
    })
    expect(seen.data).toEqual({ registration: { checkedInAt: at } })
  })

  it('refuses what is not good, each for its reason, and keeps it in the log', async () => {
    const { staff, organizer, eventId, listId } = await door(world, {}, { capacity: 2 })
    const [anna] = await guests(world, eventId, 1)
    const other = await door(world)
    const [stranger] = await guests(world, other.eventId, 1)
    expect(await said(staff, listId, 'NOTHING')).toBe('INVALID')
    expect(await said(staff, listId, stranger?.secret ?? '')).toBe('INVALID')
    const late = await listFor(organizer, eventId, { activatesAt: fromNow(1), expiresAt: fromNow(2) })
    expect(await said(staff, late, anna?.secret ?? '')).toBe('INVALID_TIME')
    const over = await listFor(organizer, eventId, { expiresAt: world.clock.now().toISOString() })
    expect(await said(staff, over, anna?.secret ?? '')).toBe('INVALID_TIME')
    expect(await said(staff, listId, anna?.secret ?? '', { type: 'EXIT' })).toBe('EXIT_NOT_RECORDED')
    const [ben] = await guests(world, eventId, 1)
    await act(ben?.person ?? world.anonymous, 'withdrawRegistration', { id: ben?.registrationId })
    expect(await said(staff, listId, ben?.secret ?? '')).toBe('CANCELED')
    expect(await said(staff, listId, ben?.secret ?? '', { isForced: true })).toBe('CANCELED')
    expect((await logOf(world, listId)).map((row) => row.refusal)).toEqual([
      'INVALID',
      'INVALID',
      'EXIT_NOT_RECORDED',
      'CANCELED',
      'CANCELED',
    ])
    expect(await countsOf(staff, listId)).toEqual({
      enteredCount: 0,
      exitedCount: 0,
      insideCount: 0,
      rejectedCount: 5,
    })
    expect(await statusesOf(world, eventId)).toEqual(['CONFIRMED', 'WITHDRAWN'])
    expect((await world.published(registrationCheckedIn)).filter((one) => one.eventId === eventId)).toEqual(
      [],
    )
  })

  it('records who goes out and comes in again, where the list says so', async () => {
    const { staff, organizer, eventId, listId } = await door(world, {
      isExitRecorded: true,
      isReEntryAllowed: true,
    })
    const once = await listFor(organizer, eventId, { isExitRecorded: true })
    const { secret } = await guest(world.person(), eventId)
    const run = async (list: string) => {
      const answers: string[] = []
      for (const type of ['EXIT', 'ENTRY', 'ENTRY', 'EXIT', 'EXIT', 'ENTRY']) {
        answers.push(await said(staff, list, secret, { type }))
      }
      return answers
    }
    expect(await run(listId)).toEqual(['NOT_ADMITTED', 'OK', 'ALREADY_REDEEMED', 'OK', 'NOT_ADMITTED', 'OK'])
    expect(await run(once)).toEqual([
      'NOT_ADMITTED',
      'OK',
      'ALREADY_REDEEMED',
      'OK',
      'NOT_ADMITTED',
      'ALREADY_REDEEMED',
    ])
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 2, exitedCount: 1, insideCount: 1 })
    expect(
      (await world.published(registrationCheckedIn)).filter((one) => one.eventId === eventId),
    ).toHaveLength(1)
  })

  it('lets a party in at once or bit by bit, and never more of it than it is', async () => {
    const { staff, eventId, listId } = await door(world, {}, { capacity: 20 })
    const [whole, bits] = await guests(world, eventId, 2, { partySize: 3 })
    expect((await scan(staff, listId, whole?.secret ?? '')).checkIn?.peopleCount).toBe(3)
    const secret = bits?.secret ?? ''
    expect(await said(staff, listId, secret, { peopleCount: 2 })).toBe('OK')
    expect(await said(staff, listId, secret, { peopleCount: 2 })).toBe('ALREADY_REDEEMED')
    expect((await scan(staff, listId, secret)).checkIn?.peopleCount).toBe(1)
    expect(await said(staff, listId, secret)).toBe('ALREADY_REDEEMED')
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 6, insideCount: 6, rejectedCount: 2 })
  })

  it('is forced by staff, which is noted and counts nobody twice', async () => {
    const { staff, eventId, listId } = await door(world, { expiresAt: world.clock.now().toISOString() })
    const { secret } = await guest(world.person(), eventId)
    expect(await said(staff, listId, secret)).toBe('INVALID_TIME')
    expect(await said(staff, listId, secret, { isForced: true })).toBe('OK')
    expect(await said(staff, listId, secret, { isForced: true })).toBe('OK')
    expect((await logOf(world, listId)).map(({ isForced, people }) => [isForced, people])).toEqual([
      [false, 0],
      [true, 1],
      [true, 0],
    ])
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 1, rejectedCount: 1 })
  })

  it('refuses input that is no scan', async () => {
    const { staff, listId } = await door(world)
    const { userErrors } = await scan(staff, listId, 'x', {
      nonce: '',
      deviceId: 'd'.repeat(101),
      peopleCount: 0,
    })
    expect(userErrors.map(({ code, path }) => [code, path.join('.')]).sort()).toEqual([
      ['INVALID_VALUE', 'input.peopleCount'],
      ['TOO_LONG', 'input.deviceId'],
      ['TOO_SHORT', 'input.nonce'],
    ])
    expect(await logOf(world, listId)).toEqual([])
  })
})
