import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationConfirmed, registrationRejected, registrationWaitlisted } from '../contract.ts'
import { registrations } from '../tables.ts'
import { act, people, publishedEvent, register, seatsOf, statusesOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

interface Reviewed {
  succeeded: { id: string; status: string; number: number }[]
  failed: { id: string; code: string }[]
}
const bulk = 'succeeded { id status number } failed { id code message }'

/** People who wait for approval, in the order of registration. */
async function pending(count: number, over: object = {}) {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization, { approvalMode: 'MANUAL', ...over })
  const applicants = people(world, count)
  const ids: string[] = []
  for (const person of applicants) ids.push((await register(person, eventId)).id)
  return { organization, eventId, ids, applicants, reviewer: organization.as('ORGANIZER') }
}

describe('approving', () => {
  it('gives a seat while there is one, then a place in the queue', async () => {
    const { eventId, ids, reviewer } = await pending(3, { capacity: 1 })
    const said: string[] = []
    for (const id of ids) said.push(await act(reviewer, 'approveRegistration', { id }))
    expect(said).toEqual(['CONFIRMED', 'WAITLISTED', 'WAITLISTED'])
    expect(await act(reviewer, 'approveRegistration', { id: ids[0] })).toBe('INVALID_STATE_TRANSITION')
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 1 })
  })

  it('many answers each for itself, those who registered first first', async () => {
    const { ids, reviewer } = await pending(4, { capacity: 2, isWaitlistEnabled: false })
    const foreign = (await pending(1)).ids
    const reply = await reviewer.mutate<Reviewed>(
      'approveRegistrations',
      { ids: [...ids, ...foreign].reverse() },
      bulk,
    )
    expect(reply.succeeded.map(({ id, status }) => [id, status])).toEqual([
      [ids[0], 'CONFIRMED'],
      [ids[1], 'CONFIRMED'],
    ])
    expect(reply.failed.map(({ id, code }) => [id, code])).toEqual([
      [foreign[0], 'NOT_FOUND'],
      [ids[2], 'EVENT_FULL'],
      [ids[3], 'EVENT_FULL'],
    ])
  })

  it('many takes 1 to 2000 ids', async () => {
    const { reviewer, ids } = await pending(1)
    const codes = async (list: (string | undefined)[]) =>
      (await reviewer.mutate('approveRegistrations', { ids: list }, bulk)).userErrors.map(({ code }) => code)
    expect(await codes([])).toEqual(['INVALID_VALUE'])
    expect(await codes(Array(2001).fill(ids[0]))).toEqual(['INVALID_VALUE'])
  })

  it('races for the last seat: one gets it, the others queue, nothing is done twice', async () => {
    const { eventId, ids, organization } = await pending(20, { capacity: 1 })
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        organization
          .as('ORGANIZER')
          .mutate<Reviewed>('approveRegistrations', { ids: n % 2 === 0 ? ids : ids.toReversed() }, bulk),
      ),
    )
    const done = replies.flatMap(({ succeeded }) => succeeded)
    expect(done).toHaveLength(20)
    expect(done.filter(({ status }) => status === 'CONFIRMED').map(({ number }) => number)).toEqual([1])
    const refused = replies.flatMap(({ failed }) => failed.map(({ code }) => code))
    expect(refused).toEqual(Array(180).fill('INVALID_STATE_TRANSITION'))
    expect(await statusesOf(world, eventId)).toEqual(['CONFIRMED', ...Array(19).fill('WAITLISTED')])
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 1 })
    const ofEvent = (told: { eventId: string }) => told.eventId === eventId
    expect((await world.published(registrationConfirmed)).filter(ofEvent)).toHaveLength(1)
    expect((await world.published(registrationWaitlisted)).filter(ofEvent)).toHaveLength(19)
  })

  it('of several events at once does not lock in a circle', async () => {
    const organization = world.organization()
    const events = [
      await publishedEvent(world, organization, { approvalMode: 'MANUAL' }),
      await publishedEvent(world, organization, { approvalMode: 'MANUAL' }),
    ]
    const ids: string[] = []
    for (const person of people(world, 10))
      for (const eventId of events) ids.push((await register(person, eventId)).id)
    const replies = await Promise.all(
      [ids, ids.toReversed(), ids, ids.toReversed()].map((list) =>
        organization.as('ADMIN').mutate<Reviewed>('approveRegistrations', { ids: list }, bulk),
      ),
    )
    expect(replies.flatMap(({ succeeded }) => succeeded)).toHaveLength(20)
  })
})

describe('rejecting', () => {
  it('says why to the one who is turned down, pending or in the queue', async () => {
    const { eventId, ids, applicants, reviewer } = await pending(2, { capacity: 1 })
    expect(await act(reviewer, 'rejectRegistration', { id: ids[0], reason: ' ' })).toBe('TOO_SHORT')
    expect(await act(reviewer, 'rejectRegistration', { id: ids[0], reason: ' Too young. ' })).toBe('REJECTED')
    const { data } = await (applicants[0] ?? world.anonymous).run(
      'query ($id: ID!) { registration(id: $id) { rejectionReason history { from to reason } availableTransitions { to } } }',
      { id: ids[0] },
    )
    expect(data).toEqual({
      registration: {
        rejectionReason: 'Too young.',
        history: [
          { from: 'PENDING_APPROVAL', to: 'REJECTED', reason: 'Too young.' },
          { from: null, to: 'PENDING_APPROVAL', reason: null },
        ].sort((a) => (a.from ? -1 : 1)),
        availableTransitions: [],
      },
    })
    const told = (await world.published(registrationRejected)).filter((one) => one.eventId === eventId)
    expect(told).toEqual([expect.objectContaining({ reason: 'Too young.', actorId: reviewer.userId })])
  })

  it('many answers each for itself', async () => {
    const { ids, reviewer } = await pending(2)
    await act(reviewer, 'approveRegistration', { id: ids[0] })
    const { succeeded, failed } = await reviewer.mutate<Reviewed>(
      'rejectRegistrations',
      { ids, reason: 'No.' },
      bulk,
    )
    expect(succeeded.map(({ id, status }) => [id, status])).toEqual([[ids[1], 'REJECTED']])
    expect(failed.map(({ id, code }) => [id, code])).toEqual([[ids[0], 'INVALID_STATE_TRANSITION']])
  })
})

describe('reviewing is denied', () => {
  it.each([
    ['approveRegistration', (id: string) => ({ id })],
    ['rejectRegistration', (id: string) => ({ id, reason: 'No.' })],
  ])('%s: to members, strangers and the applicant', async (mutation, input) => {
    const { organization, eventId, ids, applicants } = await pending(1)
    const document = `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { registration { id } userErrors { code } } }`
    const [id = ''] = ids
    const said = async (person: typeof world.anonymous) => {
      const { data, errors } = await person.run<Record<string, { userErrors: { code: string }[] }> | null>(
        document,
        { input: input(id) },
      )
      return errors[0]?.code ?? data?.[mutation]?.userErrors[0]?.code
    }
    expect(await said(world.anonymous)).toBe('UNAUTHENTICATED')
    expect(await said(applicants[0] ?? world.anonymous)).toBe('FORBIDDEN')
    expect(await said(organization.as('MEMBER'))).toBe('NOT_FOUND')
    expect(await said(world.organization().as('OWNER'))).toBe('NOT_FOUND')
    expect(await world.rows(registrations, eq(registrations.eventId, eventId))).toEqual([
      expect.objectContaining({ status: 'PENDING_APPROVAL', version: 1 }),
    ])
    const told = [
      ...(await world.published(registrationConfirmed)),
      ...(await world.published(registrationRejected)),
    ]
    expect(told.filter((one) => one.eventId === eventId)).toEqual([])
  })
})
