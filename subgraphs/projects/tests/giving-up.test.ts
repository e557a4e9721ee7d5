import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectStatusChanged, projectSubmitted, projectWithdrawn } from '../contract.ts'
import { type ProjectStatus, projectLife } from '../domain/project-status.ts'
import { projectTransitions } from '../tables.ts'
import { about, act, domains, everything, placesOf, projectOf, start, team, transition } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const historyOf = (id: string) => world.rows(projectTransitions, eq(projectTransitions.projectId, id))

describe('withdrawProject', () => {
  it('gives a project up and frees its team', async () => {
    const { owner, members, eventId, id } = await team(world, { size: 2 })
    expect(await act(owner, 'withdrawProject', { id, reason: ' No time. ' })).toBe('WITHDRAWN')
    expect(await placesOf(world, id)).toEqual([
      expect.objectContaining({ userId: owner.userId, teamEventId: null }),
      expect.objectContaining({ userId: members[0]?.userId, teamEventId: null }),
    ])
    for (const person of [owner, ...members]) expect((await start(person, { eventId })).status).toBe('DRAFT')
    expect(await historyOf(id)).toEqual([
      expect.objectContaining({
        from: 'DRAFT',
        to: 'WITHDRAWN',
        reason: 'No time.',
        actorId: owner.userId,
      }),
    ])
    expect((await world.published(projectWithdrawn)).filter(about(id))).toEqual([
      expect.objectContaining({
        status: 'WITHDRAWN',
        reason: 'No time.',
        memberIds: [owner.userId, members[0]?.userId],
      }),
    ])
    expect((await world.published(projectStatusChanged)).filter(about(id))).toEqual([
      expect.objectContaining({ from: 'DRAFT', status: 'WITHDRAWN', reason: 'No time.' }),
    ])
  })

  it('is for managers, too, and a reason is not asked for', async () => {
    const { organization, id } = await team(world)
    expect(await act(organization.as('ORGANIZER'), 'withdrawProject', { id, reason: '  ' })).toBe('WITHDRAWN')
    expect(await historyOf(id)).toEqual([expect.objectContaining({ reason: null })])
  })

  it('is refused and denied without a trace', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    const before = await everything(world)
    expect(await act(owner, 'withdrawProject', { id, reason: 'x'.repeat(1_001) })).toBe('TOO_LONG')
    expect(await act(owner, 'withdrawProject', { id, reason: 'a\0b' })).toBe('INVALID_VALUE')
    expect(await act(owner, 'withdrawProject', { id: 'nonsense' })).toBe('NOT_FOUND')
    expect(await act(members[0] ?? owner, 'withdrawProject', { id })).toBe('FORBIDDEN')
    expect(await act(world.person(), 'withdrawProject', { id })).toBe('NOT_FOUND')
    expect(await act(world.anonymous, 'withdrawProject', { id })).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('against a submission: both may happen, but only in that order', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    const [submitted, withdrawn] = await Promise.all([
      act(members[0] ?? owner, 'submitProject', { id }),
      act(owner, 'withdrawProject', { id }),
    ])
    expect(withdrawn).toBe('WITHDRAWN')
    expect(['SUBMITTED', 'INVALID_STATE_TRANSITION']).toContain(submitted)
    const count = submitted === 'SUBMITTED' ? 1 : 0
    expect((await world.published(projectSubmitted)).filter(about(id))).toHaveLength(count)
    expect(await historyOf(id)).toHaveLength(1 + count)
  })

  it('is done once by ten rivals', async () => {
    const { owner, id } = await team(world)
    const said = await Promise.all(Array.from({ length: 10 }, () => act(owner, 'withdrawProject', { id })))
    expect(said.sort()).toEqual([...Array(9).fill('INVALID_STATE_TRANSITION'), 'WITHDRAWN'])
    expect((await world.published(projectWithdrawn)).filter(about(id))).toHaveLength(1)
  })
})

describe('disqualifyProject', () => {
  it('takes a submission out of the running, for a reason', async () => {
    const { owner, organization, id } = await team(world)
    await act(owner, 'submitProject', { id })
    const manager = organization.as('ORGANIZER')
    expect(await act(manager, 'disqualifyProject', { id, reason: ' Copied. ' })).toBe('DISQUALIFIED')
    expect((await historyOf(id)).filter(({ to }) => to === 'DISQUALIFIED')).toEqual([
      expect.objectContaining({ from: 'SUBMITTED', reason: 'Copied.', actorId: manager.userId }),
    ])
    expect((await world.published(projectStatusChanged)).filter(about(id)).at(-1)).toMatchObject({
      from: 'SUBMITTED',
      status: 'DISQUALIFIED',
      reason: 'Copied.',
    })
    expect((await placesOf(world, id))[0]?.teamEventId).not.toBeNull()
  })

  it('is refused and denied without a trace', async () => {
    const { owner, organization, id } = await team(world)
    const draft = await team(world)
    await act(owner, 'submitProject', { id })
    const manager = organization.as('ORGANIZER')
    const before = await everything(world)
    const disqualify = (person: typeof owner, input: object = {}) =>
      act(person, 'disqualifyProject', { id, reason: 'Copied.', ...input })
    expect(await disqualify(manager, { reason: ' ' })).toBe('REASON_REQUIRED')
    expect(await disqualify(manager, { reason: 'x'.repeat(1_001) })).toBe('TOO_LONG')
    expect(await disqualify(manager, { id: 'nonsense' })).toBe('NOT_FOUND')
    expect(await disqualify(manager, { id: draft.id })).toBe('NOT_FOUND')
    expect(await disqualify(draft.organization.as('ADMIN'), { id: draft.id })).toBe(
      'INVALID_STATE_TRANSITION',
    )
    for (const person of [owner, organization.as('MEMBER'), world.organization().as('OWNER')]) {
      expect(await disqualify(person)).toBe('FORBIDDEN')
    }
    expect(await disqualify(world.anonymous)).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('is done once by ten rivals', async () => {
    const { owner, organization, id } = await team(world)
    await act(owner, 'submitProject', { id })
    const said = await Promise.all(
      Array.from({ length: 10 }, () =>
        act(organization.as('ADMIN'), 'disqualifyProject', { id, reason: 'Copied.' }),
      ),
    )
    expect(said.sort()).toEqual(['DISQUALIFIED', ...Array(9).fill('INVALID_STATE_TRANSITION')])
    expect(await projectOf(world, id)).toMatchObject({ version: 3 })
  })
})

interface Road {
  mutations?: string[]
  event?: string[]
}

/** How the commands, and then the event, bring a project there. */
const roads: Partial<Record<ProjectStatus, Road>> = {
  DRAFT: {},
  SUBMITTED: { mutations: ['submitProject'] },
  UNDER_REVIEW: { mutations: ['submitProject'], event: ['IN_PROGRESS', 'JUDGING'] },
  NOT_SELECTED: { mutations: ['submitProject'], event: ['IN_PROGRESS', 'JUDGING', 'COMPLETED'] },
  WITHDRAWN: { mutations: ['withdrawProject'] },
  DISQUALIFIED: { mutations: ['submitProject', 'disqualifyProject'] },
}

describe.each(Object.entries(roads) as [ProjectStatus, Road][])(
  'from %s',
  (from, { mutations = [], event = [] }) => {
    const targets = { SUBMITTED: 'submitProject', DRAFT: 'reopenProject', WITHDRAWN: 'withdrawProject' }
    const all = Object.entries({ ...targets, DISQUALIFIED: 'disqualifyProject' })
    it.each(all)('to %s goes exactly as the table says', async (to, mutation) => {
      const { owner, organization, eventId, id } = await team(world)
      const manager = organization.as('ORGANIZER')
      const take = (step: string) =>
        step === 'disqualifyProject'
          ? act(manager, step, { id, reason: 'Copied.' })
          : act(owner, step, { id })
      for (const step of mutations) await take(step)
      await transition(world, organization, eventId, ...event)
      expect(await projectOf(world, id)).toMatchObject({ status: from })
      const isOpen = projectLife[from].some((step) => step.to === to && step.mutation === mutation)
      expect(await take(mutation)).toBe(isOpen ? to : 'INVALID_STATE_TRANSITION')
      expect(await projectOf(world, id)).toMatchObject({ status: isOpen ? to : from })
    })
  },
)
