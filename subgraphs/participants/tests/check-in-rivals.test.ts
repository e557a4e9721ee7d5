import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { registrationCheckedIn } from '../contract.ts'
import { registrations, tickets } from '../tables.ts'
import { countsOf, door, guest, guests, logOf, nonce, said, scan, secretFor } from './check-in-support.ts'
import { act, hourMs, seatsOf, statusesOf, sweep, transition } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

const arrivals = async (eventId: string) =>
  (await world.published(registrationCheckedIn)).filter((one) => one.eventId === eventId)

it('lets a ticket in once that twenty devices scan at once', async () => {
  const { staff, eventId, listId } = await door(world)
  const { secret } = await guest(world.person(), eventId)
  const answers = await times(20, (index) => said(staff, listId, secret, { deviceId: `gate-${index}` }))
  expect(answers.sort()).toEqual([...Array(19).fill('ALREADY_REDEEMED'), 'OK'])
  expect(await arrivals(eventId)).toHaveLength(1)
  const log = await logOf(world, listId)
  expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(log.filter(({ isCurrent }) => isCurrent)).toHaveLength(1)
  expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 1, insideCount: 1, rejectedCount: 19 })
})

it('answers a scan that comes twenty times with one and the same check-in', async () => {
  const { staff, eventId, listId } = await door(world)
  const { secret } = await guest(world.person(), eventId)
  const one = nonce()
  const answers = await times(20, () => scan(staff, listId, secret, { nonce: one }))
  expect(answers.map(({ checkIn }) => checkIn?.result)).toEqual(Array(20).fill('OK'))
  expect(new Set(answers.map(({ checkIn }) => checkIn?.id)).size).toBe(1)
  expect(await logOf(world, listId)).toHaveLength(1)
  expect(await arrivals(eventId)).toHaveLength(1)
})

it('lets many in at several doors, each once', async () => {
  const { staff, organizer, eventId, listId } = await door(world)
  const all = await guests(world, eventId, 12)
  const scans = all.flatMap(({ secret }) => [secret, secret, secret])
  const answers = await Promise.all(
    scans.map((secret, index) => said(index % 2 ? staff : organizer, listId, secret)),
  )
  expect(answers.filter((answer) => answer === 'OK')).toHaveLength(12)
  expect(answers.filter((answer) => answer === 'ALREADY_REDEEMED')).toHaveLength(24)
  expect(await arrivals(eventId)).toHaveLength(12)
  expect(await seatsOf(world, eventId)).toMatchObject({ held: 12 })
})

it('races with withdrawals: whoever came has not withdrawn, and the other way round', async () => {
  const { staff, eventId, listId } = await door(world)
  const all = await guests(world, eventId, 10)
  const outcomes = await Promise.all(
    all.map(async ({ person, registrationId, secret }) =>
      Promise.all([said(staff, listId, secret), act(person, 'withdrawRegistration', { id: registrationId })]),
    ),
  )
  for (const [scanned, withdrawn] of outcomes) {
    expect([`${scanned} ${withdrawn}`]).toEqual([
      scanned === 'OK' ? 'OK INVALID_STATE_TRANSITION' : 'CANCELED WITHDRAWN',
    ])
  }
  const came = outcomes.filter(([scanned]) => scanned === 'OK').length
  expect(await arrivals(eventId)).toHaveLength(came)
  expect(await seatsOf(world, eventId)).toMatchObject({ held: came })
})

it('races with an event that is called off: who was let in stays checked in', async () => {
  const { organization, staff, eventId, listId } = await door(world)
  const all = await guests(world, eventId, 6)
  const [answers] = await Promise.all([
    Promise.all(all.map(({ secret }) => said(staff, listId, secret))),
    transition(organization, eventId, 'CANCELLED', 'Storm.'),
  ])
  await world.settle()
  await sweep(world)
  const expected = answers.map((answer) => (answer === 'OK' ? 'CHECKED_IN' : 'CANCELLED'))
  expect((await statusesOf(world, eventId)).sort()).toEqual(expected.sort())
})

it('races of taking back with scanning leave the one or the other', async () => {
  const { staff, eventId, listId } = await door(world)
  const all = await guests(world, eventId, 8)
  for (const { secret, registrationId } of all) {
    const { checkIn } = await scan(staff, listId, secret)
    const undo = staff.mutate('undoCheckIn', { checkInId: checkIn?.id, reason: 'Wrong.' }, 'checkIn { id }')
    const [{ userErrors }, again] = await Promise.all([undo, said(staff, listId, secret)])
    expect(userErrors).toEqual([])
    const [row] = await world.rows(registrations, eq(registrations.id, registrationId))
    expect([again, row?.status]).toEqual(
      again === 'OK' ? ['OK', 'CHECKED_IN'] : ['ALREADY_REDEEMED', 'CONFIRMED'],
    )
  }
})

it('replaces a ticket as often as it is asked and leaves one that is valid', async () => {
  const { staff, eventId, listId } = await door(world)
  const { person, registrationId, secret } = await guest(world.person(), eventId)
  await times(10, () => person.mutate('rotateTicket', { registrationId }, 'holder { number }'))
  const rows = await world.rows(tickets, eq(tickets.registrationId, registrationId))
  expect(rows).toHaveLength(11)
  expect(rows.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1)
  expect(rows.filter(({ sealedSecret }) => sealedSecret !== null)).toHaveLength(1)
  expect(await said(staff, listId, secret)).toBe('REVOKED')
  expect(await said(staff, listId, await secretFor(person, registrationId))).toBe('OK')
})

it('marks who did not come once, however many replicas do, and a late scan tells better', async () => {
  const { staff, eventId, listId } = await door(world)
  const [came, late, ...absent] = await guests(world, eventId, 5)
  const unscanned = await door(world)
  await guests(world, unscanned.eventId, 1)
  await said(staff, listId, came?.secret ?? '')
  await sweep(world)
  expect((await statusesOf(world, eventId)).sort()).toEqual(['CHECKED_IN', ...Array(4).fill('CONFIRMED')])
  const scannedAt = world.clock.now().toISOString()
  world.clock.advance(9 * 24 * hourMs)
  await Promise.all([sweep(world), sweep(world), sweep(world)])
  expect((await statusesOf(world, eventId)).sort()).toEqual(
    ['CHECKED_IN', ...Array(4).fill('NO_SHOW')].sort(),
  )
  expect(await statusesOf(world, unscanned.eventId)).toEqual(['CONFIRMED'])
  expect(await said(staff, listId, late?.secret ?? '', { at: scannedAt })).toBe('OK')
  expect((await statusesOf(world, eventId)).sort()).toEqual(
    ['CHECKED_IN', 'CHECKED_IN', ...Array(absent.length).fill('NO_SHOW')].sort(),
  )
  expect(await seatsOf(world, eventId)).toMatchObject({ held: 5 })
})
