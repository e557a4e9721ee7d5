import { sourcesOf, stepOf } from '@guildhall/kit/state-machine'
import { describe, expect, it } from 'vitest'
import { draftProblems } from '../domain/event-draft.ts'
import { type EventStatus, eventLife, phaseOf } from '../domain/event-status.ts'

describe('the life of an event', () => {
  it('is exactly this table', () => {
    const steps = Object.entries(eventLife).map(
      ([from, tos]) => `${from} → ${tos.map(({ to }) => to).join(' ')}`,
    )
    expect(steps).toEqual([
      'DRAFT → PUBLISHED CANCELLED',
      'PUBLISHED → IN_PROGRESS DRAFT CANCELLED',
      'IN_PROGRESS → JUDGING COMPLETED CANCELLED',
      'JUDGING → COMPLETED IN_PROGRESS CANCELLED',
      'COMPLETED → ARCHIVED',
      'CANCELLED → ARCHIVED',
      'ARCHIVED → ',
    ])
  })

  it('can be called off until it is over, and always for a reason', () => {
    const sources = sourcesOf(eventLife, 'CANCELLED')
    expect(sources).toEqual(['DRAFT', 'PUBLISHED', 'IN_PROGRESS', 'JUDGING'])
    expect(sources.map((from) => stepOf(eventLife, from, 'CANCELLED')?.needsReason)).toEqual([
      true,
      true,
      true,
      true,
    ])
  })

  it('ends in the archive, whichever way it goes', () => {
    const reaches = (status: EventStatus, seen: EventStatus[] = []): boolean =>
      status === 'ARCHIVED' ||
      eventLife[status].some(({ to }) => !seen.includes(to) && reaches(to, [...seen, status]))
    expect((Object.keys(eventLife) as EventStatus[]).filter((status) => !reaches(status))).toEqual([])
  })
})

describe('phase', () => {
  const event = { startsAt: new Date('2026-05-01T10:00Z'), endsAt: new Date('2026-05-02T10:00Z') }
  it.each([
    ['2026-05-01T09:59:59.999Z', 'UPCOMING'],
    ['2026-05-01T10:00:00.000Z', 'ONGOING'],
    ['2026-05-02T09:59:59.999Z', 'ONGOING'],
    ['2026-05-02T10:00:00.000Z', 'ENDED'],
  ])('at %s is %s', (now, phase) => {
    expect(phaseOf(event, new Date(now))).toBe(phase)
  })
})

describe('a draft', () => {
  const good = {
    title: 'Spring Hack',
    summary: null,
    kind: 'HACKATHON' as const,
    visibility: 'PUBLIC' as const,
    timezone: 'Europe/Zurich',
    startsAt: new Date('2026-05-01T10:00Z'),
    endsAt: new Date('2026-05-02T10:00Z'),
    venue: null,
    latitude: null,
    longitude: null,
    hashtag: null,
    bannerUrl: null,
    minTeamSize: 1,
    seriesId: null,
    onlineUrl: null,
    registrationOpensAt: null,
    registrationClosesAt: null,
    capacity: null,
    isWaitlistEnabled: true,
    approvalMode: 'AUTO' as const,
    offerHours: 24,
    submissionDeadline: null,
    graceMinutes: 0,
    maxTeamSize: 5,
  }
  it('with everything in order has no problems', () => {
    expect(draftProblems(good)).toEqual([])
  })

  it.each([
    [{ title: '' }, 'TOO_SHORT', 'title'],
    [{ title: 'x'.repeat(201) }, 'TOO_LONG', 'title'],
    [{ title: 'two\nlines' }, 'INVALID_VALUE', 'title'],
    [{ summary: 'x'.repeat(5001) }, 'TOO_LONG', 'summary'],
    [{ timezone: 'Mars/Olympus' }, 'INVALID_TIMEZONE', 'timezone'],
    [{ timezone: '+02:00' }, 'INVALID_TIMEZONE', 'timezone'],
    [{ endsAt: good.startsAt }, 'INVALID_TIME_RANGE', 'endsAt'],
    [{ registrationClosesAt: new Date('2026-05-03T10:00Z') }, 'INVALID_TIME_RANGE', 'registrationClosesAt'],
    [{ registrationOpensAt: good.endsAt }, 'INVALID_TIME_RANGE', 'registrationOpensAt'],
    [{ submissionDeadline: good.startsAt }, 'INVALID_TIME_RANGE', 'submissionDeadline'],
    [{ onlineUrl: 'javascript:alert(1)' }, 'INVALID_URL', 'onlineUrl'],
    [{ capacity: 0 }, 'INVALID_VALUE', 'capacity'],
    [{ minTeamSize: 6 }, 'INVALID_VALUE', 'minTeamSize'],
    [{ minTeamSize: 0 }, 'INVALID_VALUE', 'minTeamSize'],
    [{ bannerUrl: 'http://example.org/a.png' }, 'INVALID_URL', 'bannerUrl'],
    [{ hashtag: 'two words' }, 'INVALID_VALUE', 'hashtag'],
    [{ slug: 'ab' }, 'TOO_SHORT', 'slug'],
    [{ slug: 'Not-A-Slug' }, 'INVALID_VALUE', 'slug'],
    [{ slug: 'a--b' }, 'INVALID_VALUE', 'slug'],
    [{ maxTeamSize: 51 }, 'INVALID_VALUE', 'maxTeamSize'],
  ])('%j is refused with %s', (change, code, field) => {
    expect(draftProblems({ ...good, ...change }).map((problem) => [problem.code, problem.path])).toEqual([
      [code, ['input', field]],
    ])
  })

  it('tells all problems at once', () => {
    expect(draftProblems({ ...good, title: '', capacity: -1 })).toHaveLength(2)
  })
})
