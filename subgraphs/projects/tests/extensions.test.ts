import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectExtensionGranted, projectSubmitted } from '../contract.ts'
import { projectExtensions, projectSubmissions } from '../tables.ts'
import { about, act, domains, everything, hourMs, projectOf, start, team, transition } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

/** A team of an event that closes in the middle of it, with ten minutes of grace. */
async function closing() {
  const deadline = world.clock.now().getTime() + 7 * 24 * hourMs + 12 * hourMs
  const event = { submissionDeadline: new Date(deadline).toISOString(), graceMinutes: 10 }
  const one = await team(world, { size: 2, event })
  return { ...one, manager: one.organization.as('ORGANIZER'), closesAt: deadline + 10 * 60_000 }
}

const at = (ms: number) => new Date(ms).toISOString()

describe('grantExtension', () => {
  it('lets one team hand in later, to the millisecond, and no other', async () => {
    const { manager, owner, organization, eventId, id, closesAt } = await closing()
    const until = at(closesAt + hourMs)
    const grant = { projectId: id, closesAt: until, reason: 'Their laptop burnt.' }
    expect(await act(manager, 'grantExtension', grant)).toBe('DRAFT')
    expect((await world.published(projectExtensionGranted)).filter(about(id))).toMatchObject([
      { until, reason: 'Their laptop burnt.', actorId: manager.userId },
    ])
    const look = (person: typeof owner) =>
      person.entity(
        'projects',
        'Project',
        id,
        'submissionsCloseAt extensions { closesAt reason grantedBy { id } }',
      )
    const shown = {
      submissionsCloseAt: until,
      extensions: [{ closesAt: until, reason: 'Their laptop burnt.', grantedBy: { id: manager.userId } }],
    }
    for (const person of [owner, manager]) expect(await look(person)).toEqual(shown)
    world.clock.set(new Date(closesAt + hourMs))
    expect(await act(owner, 'submitProject', { id })).toBe('SUBMITTED')
    expect(await look(organization.as('MEMBER'))).toEqual({ submissionsCloseAt: until, extensions: null })
    expect(await act(owner, 'reopenProject', { id })).toBe('DRAFT')
    world.clock.advance(1)
    expect(await act(owner, 'submitProject', { id })).toBe('SUBMISSION_CLOSED')
    expect(await act(manager, 'grantExtension', { ...grant, closesAt: at(closesAt + 2 * hourMs) })).toBe(
      'DRAFT',
    )
    await transition(world, organization, eventId, 'IN_PROGRESS')
    expect(await act(owner, 'submitProject', { id })).toBe('SUBMITTED')
  })

  it('is refused for every reason, and leaves nothing', async () => {
    const { manager, owner, organization, id, closesAt } = await closing()
    const own = await start(organization.as('MEMBER'), { organizationId: organization.id })
    const judged = await closing()
    await transition(world, judged.organization, judged.eventId, 'IN_PROGRESS', 'JUDGING')
    const gone = await closing()
    await act(gone.owner, 'withdrawProject', { id: gone.id })
    const before = await everything(world)
    const grant = (over: object, person = manager) =>
      act(person, 'grantExtension', { projectId: id, closesAt: at(closesAt + 1), reason: 'Fair.', ...over })
    expect(await grant({ closesAt: at(closesAt) })).toBe('INVALID_TIME_RANGE')
    expect(await grant({ closesAt: at(world.clock.now().getTime()) })).toBe('INVALID_TIME_RANGE')
    expect(await grant({ reason: ' ' })).toBe('REASON_REQUIRED')
    expect(await grant({ reason: 'x'.repeat(1_001) })).toBe('TOO_LONG')
    expect(await grant({ projectId: own.id })).toBe('INVALID_VALUE')
    expect(await grant({ projectId: judged.id }, judged.manager)).toBe('EVENT_NOT_RUNNING')
    expect(await grant({ projectId: gone.id }, gone.manager)).toBe('PROJECT_NOT_EDITABLE')
    expect(await grant({}, owner)).toBe('FORBIDDEN')
    expect(await grant({}, organization.as('MEMBER'))).toBe('NOT_FOUND')
    expect(await grant({}, world.anonymous)).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
    expect(await world.rows(projectExtensions, eq(projectExtensions.projectId, id))).toEqual([])
  })

  it('is for people whose role in the event says so, and not for its judges', async () => {
    const { organization, eventId, id, closesAt } = await closing()
    const [organizer, judge] = [world.person(), world.person()]
    for (const [person, role] of [
      [organizer, 'ORGANIZER'],
      [judge, 'JUDGE'],
    ] as const) {
      await organization
        .as('OWNER')
        .mutate('grantEventRoles', { eventId, userId: person.userId, roles: [role] }, 'membership { id }')
    }
    await world.settle()
    const grant = { projectId: id, closesAt: at(closesAt + 1), reason: 'Fair.' }
    expect(await act(judge, 'grantExtension', grant)).toBe('NOT_FOUND')
    expect(await act(organizer, 'grantExtension', grant)).toBe('DRAFT')
  })
})

describe('the deadline, with rivals around it', () => {
  it('takes a submission if and only if the clock was not past it, and each with its snapshot', async () => {
    const teams = await Promise.all(Array.from({ length: 6 }, () => closing()))
    const [first] = teams
    if (!first) throw new Error('six teams')
    const closesAt = Math.max(...teams.map((one) => one.closesAt))
    // The odd ones have an hour more.
    const late = teams.filter((_, n) => n % 2 === 1)
    const extended = at(closesAt + hourMs)
    for (const { manager, id } of late) {
      await act(manager, 'grantExtension', { projectId: id, closesAt: extended, reason: 'Fair.' })
    }
    const before = teams.map(({ owner, id }) => act(owner, 'submitProject', { id }))
    expect(await Promise.all(before)).toEqual(Array(6).fill('SUBMITTED'))
    await Promise.all(teams.map(({ owner, id }) => act(owner, 'reopenProject', { id })))
    world.clock.set(new Date(closesAt + 1))
    const said = await Promise.all(
      teams.map(({ owner, members, id }) =>
        Promise.all([owner, ...members].map((person) => act(person, 'submitProject', { id }))),
      ),
    )
    for (const [n, answers] of said.entries()) {
      expect(answers.sort()).toEqual(
        n % 2 === 1 ? ['INVALID_STATE_TRANSITION', 'SUBMITTED'] : ['SUBMISSION_CLOSED', 'SUBMISSION_CLOSED'],
      )
    }
    for (const [n, { id }] of teams.entries()) {
      const rows = await world.rows(projectSubmissions, eq(projectSubmissions.projectId, id))
      expect(rows.map(({ number }) => number).sort()).toEqual(n % 2 === 1 ? [1, 2] : [1])
      expect(await projectOf(world, id)).toMatchObject({ status: n % 2 === 1 ? 'SUBMITTED' : 'DRAFT' })
      expect((await world.published(projectSubmitted)).filter(about(id))).toHaveLength(n % 2 === 1 ? 2 : 1)
    }
  })
})
