import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationCancelled, registrationReopened } from '../contract.ts'
import { applicants } from './decisions-support.ts'
import { act } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

describe('reopenRegistration and cancelRegistration', () => {
  it('look again at who was turned down, and take seats away', async () => {
    const { eventId, reviewer, at, ids, statuses } = await applicants(world, 2, { capacity: 1 })
    await act(reviewer, 'rejectRegistration', { id: ids[0], reason: 'No.' })
    expect(await act(reviewer, 'reopenRegistration', { id: ids[0], reason: ' A mistake. ' })).toBe(
      'PENDING_APPROVAL',
    )
    expect(await act(reviewer, 'reopenRegistration', { id: ids[0], reason: 'Again.' })).toBe(
      'INVALID_STATE_TRANSITION',
    )
    await act(reviewer, 'approveRegistration', { id: ids[0] })
    await act(reviewer, 'approveRegistration', { id: ids[1] })
    expect(await statuses()).toEqual(['CONFIRMED', 'WAITLISTED'])
    expect(await act(reviewer, 'cancelRegistration', { id: ids[0], reason: '' })).toBe('TOO_SHORT')
    expect(await act(reviewer, 'cancelRegistration', { id: ids[0], reason: 'Broke the rules.' })).toBe(
      'CANCELLED',
    )
    expect(await statuses()).toEqual(['CANCELLED', 'OFFERED'])
    const { data } = await at(0).person.run<{ registration: { rejectionReason: null; history: object[] } }>(
      'query ($id: ID!) { registration(id: $id) { rejectionReason history { to reason } } }',
      { id: ids[0] },
    )
    expect(data.registration.rejectionReason).toBeNull()
    expect(data.registration.history).toEqual(
      expect.arrayContaining([
        { to: 'PENDING_APPROVAL', reason: 'A mistake.' },
        { to: 'CANCELLED', reason: 'Broke the rules.' },
      ]),
    )
    const [cancelled] = (await world.published(registrationCancelled)).filter(
      (one) => one.eventId === eventId,
    )
    expect(cancelled).toMatchObject({ isEventCalledOff: false, actorId: reviewer.userId })
    expect(
      (await world.published(registrationReopened)).filter((one) => one.eventId === eventId),
    ).toHaveLength(1)
  })

  it('do not give somebody two registrations', async () => {
    const { eventId, reviewer, at, ids } = await applicants(world, 1)
    await act(reviewer, 'rejectRegistration', { id: ids[0], reason: 'No.' })
    await act(at(0).person, 'registerForEvent', { eventId })
    expect(await act(reviewer, 'reopenRegistration', { id: ids[0], reason: 'A mistake.' })).toBe(
      'ALREADY_REGISTERED',
    )
  })
})
