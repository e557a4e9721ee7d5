import { sourcesOf, stepOf } from '@guildhall/kit/state-machine'
import { tidy } from '@guildhall/kit/validate'
import { describe, expect, it } from 'vitest'
import { projectStatuses } from '../contract.ts'
import { blankDraft, draftProblems } from '../domain/project-draft.ts'
import { followsEvent, type ProjectStatus, projectLife } from '../domain/project-status.ts'
import { isRunning, submissionsCloseAt, takesSubmissions } from '../domain/submission-window.ts'

describe('the life of a project', () => {
  it('is exactly this table', () => {
    const steps = projectStatuses.map(
      (from) => `${from} → ${projectLife[from].map(({ to, by }) => `${to}:${by}`).join(' ')}`,
    )
    expect(steps).toEqual([
      'DRAFT → SUBMITTED:TEAM WITHDRAWN:OWNER',
      'SUBMITTED → DRAFT:TEAM UNDER_REVIEW:HOUSE WITHDRAWN:OWNER DISQUALIFIED:MANAGER',
      'UNDER_REVIEW → SUBMITTED:HOUSE FINALIST:HOUSE NOT_SELECTED:HOUSE WITHDRAWN:OWNER DISQUALIFIED:MANAGER',
      'FINALIST → WINNER:HOUSE NOT_SELECTED:HOUSE WITHDRAWN:OWNER DISQUALIFIED:MANAGER',
      'WINNER → ',
      'NOT_SELECTED → FINALIST:HOUSE',
      'WITHDRAWN → ',
      'DISQUALIFIED → ',
    ])
  })

  it('reaches every status from a draft', () => {
    const reached = new Set<ProjectStatus>(['DRAFT'])
    for (const from of reached) for (const { to } of projectLife[from]) reached.add(to)
    expect([...reached].sort()).toEqual([...projectStatuses].sort())
    expect(sourcesOf(projectLife, 'SUBMITTED')).toEqual(['DRAFT', 'UNDER_REVIEW'])
  })

  it('names the mutation wherever a person takes the step, and only there', () => {
    for (const { by, mutation } of projectStatuses.flatMap((from) => projectLife[from])) {
      expect(mutation === null).toBe(by === 'HOUSE')
    }
  })

  it('wants a reason from whoever disqualifies, and from nobody else', () => {
    for (const { to, needsReason = false } of projectStatuses.flatMap((from) => projectLife[from])) {
      expect(needsReason).toBe(to === 'DISQUALIFIED')
    }
  })
})

describe('what an event does to its projects', () => {
  it('is exactly this table', () => {
    expect(followsEvent).toEqual({
      IN_PROGRESS: { UNDER_REVIEW: 'SUBMITTED' },
      JUDGING: { SUBMITTED: 'UNDER_REVIEW' },
      COMPLETED: { UNDER_REVIEW: 'NOT_SELECTED' },
      CANCELLED: {
        DRAFT: 'WITHDRAWN',
        SUBMITTED: 'WITHDRAWN',
        UNDER_REVIEW: 'WITHDRAWN',
        FINALIST: 'WITHDRAWN',
      },
    })
  })

  it('takes only steps that a project has', () => {
    const steps = Object.values(followsEvent).flatMap(
      (moves) => Object.entries(moves) as [ProjectStatus, ProjectStatus][],
    )
    for (const [from, to] of steps) expect(stepOf(projectLife, from, to)?.to).toBe(to)
  })

  it('leaves alone what is over', () => {
    const over = projectStatuses.filter((status) => projectLife[status].length === 0)
    expect(Object.values(followsEvent).flatMap((moves) => over.filter((status) => status in moves))).toEqual(
      [],
    )
  })
})

const at = (hour: number, ms = 0) => new Date(Date.UTC(2026, 4, 1, hour, 0, 0, ms))
const event = {
  id: 'evt_1',
  organizationId: 'org_1',
  title: 'Spring Hack',
  status: 'IN_PROGRESS' as const,
  visibility: 'PUBLIC' as const,
  endsAt: at(20),
  submissionDeadline: at(18),
  graceMinutes: 60,
  maxTeamSize: 5,
  minTeamSize: 1,
  tracks: [],
  termsVersion: 1,
}

describe('the window for submissions', () => {
  it('closes with the deadline and its grace, or else with the end and its grace', () => {
    expect(submissionsCloseAt(event)).toEqual(at(19))
    expect(submissionsCloseAt({ ...event, submissionDeadline: null })).toEqual(at(21))
    expect(submissionsCloseAt({ ...event, graceMinutes: 0 })).toEqual(at(18))
  })

  it.each([
    ['before the deadline', {}, at(17), true],
    ['in the grace', {}, at(18, 1), true],
    ['the last instant', {}, at(19), true],
    ['a millisecond later', {}, at(19, 1), false],
    ['published, not begun', { status: 'PUBLISHED' as const }, at(17), true],
    ['back in draft', { status: 'DRAFT' as const }, at(17), false],
    ['being judged', { status: 'JUDGING' as const }, at(17), false],
    ['completed', { status: 'COMPLETED' as const }, at(17), false],
    ['called off', { status: 'CANCELLED' as const }, at(17), false],
    ['archived', { status: 'ARCHIVED' as const }, at(17), false],
  ])('%s', (_, change, now, isTaken) => {
    expect(takesSubmissions({ ...event, ...change }, now)).toBe(isTaken)
  })

  it('never closes for a project without an event', () => {
    expect(takesSubmissions(null, at(23))).toBe(true)
    expect(isRunning({ status: 'PUBLISHED' })).toBe(true)
  })
})

describe('a draft', () => {
  const fine = { ...blankDraft, title: 'Solar Oven' }
  const problems = (change: object) =>
    draftProblems({ ...fine, ...change }).map(({ code, path }) => `${code} ${path.join('.')}`)

  it.each([
    ['everything', { summary: 'Bakes\nbread.', repositoryUrl: 'https://git.example/x', demoUrl: 'http://x' }],
    ['a title of 200', { title: 'x'.repeat(200) }],
    ['a summary of 10000', { summary: 'x'.repeat(10_000) }],
    ['an address in capitals', { demoUrl: 'HTTPS://EXAMPLE.ORG' }],
  ])('may have %s', (_, change) => {
    expect(problems(change)).toEqual([])
  })

  it.each([
    ['no title', { title: '' }, ['TOO_SHORT input.title']],
    ['a blank title', { title: ' \t ' }, ['TOO_SHORT input.title']],
    ['a title of two lines', { title: 'a\nb' }, ['INVALID_VALUE input.title']],
    ['a title of 201', { title: 'x'.repeat(201) }, ['TOO_LONG input.title']],
    ['a summary of 10001', { summary: 'x'.repeat(10_001) }, ['TOO_LONG input.summary']],
    ['NUL in its summary', { summary: 'a\0b' }, ['INVALID_VALUE input.summary']],
    ['an address of 2001', { demoUrl: `https://x/${'y'.repeat(1991)}` }, ['TOO_LONG input.demoUrl']],
    ['two faults', { title: '', demoUrl: 'x' }, ['TOO_SHORT input.title', 'INVALID_URL input.demoUrl']],
  ])('may not have %s', (_, change, expected) => {
    expect(problems(change)).toEqual(expected)
  })

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)//https://x',
    'java\nscript:alert(1)',
    ' https://example.org',
    'https://example.org/a b',
    'https://example.org/\0',
    'https://example.org\n',
    'data:text/html,x',
    'ftp://example.org',
    '//example.org',
    'example.org',
    'https://',
    '',
  ])('may not point to %j', (address) => {
    expect(problems({ repositoryUrl: address, demoUrl: address })).toEqual([
      'INVALID_URL input.repositoryUrl',
      'INVALID_URL input.demoUrl',
    ])
  })

  it('is kept without the white space around it, and null rather than empty', () => {
    expect([tidy(' a b '), tidy('  '), tidy(''), tidy(null), tidy(undefined)]).toEqual([
      'a b',
      null,
      null,
      null,
      null,
    ])
  })
})
