import { sourcesOf } from '@guildhall/kit/state-machine'
import { describe, expect, it } from 'vitest'
import { isOver } from '../domain/open-steps.ts'
import { fitting } from '../domain/party-fit.ts'
import {
  fallsWithEvent,
  holdsSeat,
  type RegistrationStatus,
  registrationLife,
} from '../domain/registration-status.ts'
import {
  admission,
  freeSeats,
  largestParty,
  offerEnd,
  registrationState,
} from '../domain/registration-window.ts'

const statuses = Object.keys(registrationLife) as RegistrationStatus[]

describe('the life of a registration', () => {
  it('is exactly this table', () => {
    const steps = statuses.map((from) => `${from} → ${registrationLife[from].map(({ to }) => to).join(' ')}`)
    expect(steps).toEqual([
      'PENDING_APPROVAL → CONFIRMED WAITLISTED REJECTED WITHDRAWN CANCELLED',
      'WAITLISTED → OFFERED REJECTED WITHDRAWN CANCELLED PENDING_APPROVAL',
      'OFFERED → CONFIRMED WITHDRAWN EXPIRED CANCELLED CANCELLED PENDING_APPROVAL',
      'CONFIRMED → CHECKED_IN NO_SHOW WITHDRAWN CANCELLED CANCELLED PENDING_APPROVAL',
      'CHECKED_IN → CONFIRMED',
      'REJECTED → PENDING_APPROVAL',
      'WITHDRAWN → ',
      'EXPIRED → ',
      'CANCELLED → ',
      'NO_SHOW → CHECKED_IN',
    ])
  })

  it('never leads back from where a registration is over, but for the one that was turned down', () => {
    for (const over of ['WITHDRAWN', 'EXPIRED', 'CANCELLED'] as const)
      expect(registrationLife[over]).toEqual([])
    expect(sourcesOf(registrationLife, 'OFFERED')).toEqual(['WAITLISTED'])
  })

  it('names the mutation wherever a person takes the step, and only there', () => {
    for (const { by, mutation } of statuses.flatMap((from) => registrationLife[from])) {
      expect(mutation === null).toBe(by === 'HOUSE')
    }
  })

  it('holds a seat from the offer on', () => {
    expect(statuses.filter(holdsSeat)).toEqual(['OFFERED', 'CONFIRMED', 'CHECKED_IN', 'NO_SHOW'])
    expect(fallsWithEvent).toEqual(['PENDING_APPROVAL', 'WAITLISTED', 'OFFERED', 'CONFIRMED'])
  })
})

const at = (hour: number) => new Date(Date.UTC(2026, 4, 1, hour))
const event = {
  status: 'PUBLISHED' as const,
  endsAt: at(20),
  registrationOpensAt: at(8),
  registrationClosesAt: at(12),
  isCallingOff: false,
  isWaitlistEnabled: true,
  approvalMode: 'AUTO' as const,
  held: 0,
  queued: 0,
  seatLimit: 1,
  capacity: 1,
  maxPartySize: 10,
}

describe('registrationState', () => {
  it.each([
    ['a draft', { status: 'DRAFT' as const }, 9, 'NOT_YET_OPEN'],
    ['before it opens', {}, 7, 'NOT_YET_OPEN'],
    ['the instant it opens', {}, 8, 'OPEN'],
    ['the instant it closes', {}, 12, 'CLOSED'],
    ['open until the end', { registrationClosesAt: null }, 19, 'OPEN'],
    ['the instant it ends', { registrationClosesAt: null }, 20, 'CLOSED'],
    ['under way', { status: 'IN_PROGRESS' as const }, 9, 'OPEN'],
    ['being judged', { status: 'JUDGING' as const }, 9, 'CLOSED'],
    ['called off', { status: 'CANCELLED' as const }, 9, 'CLOSED'],
    ['published again while the old registrations fall', { isCallingOff: true }, 9, 'NOT_YET_OPEN'],
    ['full', { held: 1 }, 9, 'WAITLIST_ONLY'],
    ['free, but kept for those who queue', { queued: 1 }, 9, 'WAITLIST_ONLY'],
    ['full without a queue', { held: 1, isWaitlistEnabled: false }, 9, 'FULL'],
    ['without a limit', { held: 1_000, seatLimit: null }, 9, 'OPEN'],
  ])('%s', (_, change, hour, state) => {
    expect(registrationState({ ...event, ...change }, at(hour))).toBe(state)
  })
})

describe('seats', () => {
  it('are free up to the limit', () => {
    expect([
      freeSeats(event),
      freeSeats({ held: 1, seatLimit: 1 }),
      freeSeats({ held: 9, seatLimit: null }),
    ]).toEqual([1, 0, Number.POSITIVE_INFINITY])
  })

  it.each([
    ['a seat was drawn', { held: 1 }, 'CONFIRMED'],
    ['no seat was left', { held: 1, queued: 1 }, 'WAITLISTED'],
    ['no seat was left, and no queue', { held: 1, queued: 1, isWaitlistEnabled: false }, 'EVENT_FULL'],
    ['somebody must approve', { approvalMode: 'MANUAL' as const }, 'PENDING_APPROVAL'],
    ['somebody must approve, all full', { approvalMode: 'MANUAL' as const, held: 1 }, 'PENDING_APPROVAL'],
    [
      'somebody must approve, all full, no queue',
      { approvalMode: 'MANUAL' as const, held: 1, isWaitlistEnabled: false },
      'EVENT_FULL',
    ],
    ['the event is over', { status: 'COMPLETED' as const }, 'REGISTRATION_CLOSED'],
    ['the event is a draft', { status: 'DRAFT' as const }, 'REGISTRATION_NOT_OPEN'],
  ])('when %s', (_, change, result) => {
    const admitted = admission({ ...event, ...change }, 1, at(9))
    expect(typeof admitted === 'string' ? admitted : admitted.code).toBe(result)
  })

  it('go to a party as a whole, which is no larger than all of them', () => {
    const sized = (partySize: number, change: object) => {
      const admitted = admission({ ...event, capacity: 4, ...change }, partySize, at(9))
      return typeof admitted === 'string' ? admitted : admitted.code
    }
    const manual = { approvalMode: 'MANUAL', seatLimit: 4, held: 1, isWaitlistEnabled: false }
    expect([sized(4, { held: 4 }), sized(5, {}), sized(4, { maxPartySize: 3 })]).toEqual([
      'CONFIRMED',
      'PARTY_TOO_LARGE',
      'PARTY_TOO_LARGE',
    ])
    expect([sized(3, manual), sized(4, manual)]).toEqual(['PENDING_APPROVAL', 'EVENT_FULL'])
    expect(largestParty({ maxPartySize: 10, capacity: null })).toBe(10)
    expect(largestParty({ maxPartySize: 10, capacity: 0 })).toBe(1)
  })

  it('go to those who fit: to nobody behind one who does not, unless smaller ones may pass', () => {
    const queue = [2, 4, 1, 1, 3].map((partySize, place) => ({ place, partySize }))
    const places = (free: number, mayPass: boolean) => fitting(queue, free, mayPass).map(({ place }) => place)
    expect([places(5, false), places(6, false), places(1, false)]).toEqual([[0], [0, 1], []])
    expect([places(5, true), places(1, true), places(0, true)]).toEqual([[0, 2, 3], [2], []])
  })

  it('are kept for as long as the event says, and not beyond its end', () => {
    expect(offerEnd({ offerHours: 2, endsAt: at(20) }, at(10))).toEqual(at(12))
    expect(offerEnd({ offerHours: 24, endsAt: at(20) }, at(10))).toEqual(at(20))
    expect([isOver(at(12), at(12)), isOver(at(12), at(11)), isOver(null, at(11))]).toEqual([
      true,
      false,
      false,
    ])
  })
})
