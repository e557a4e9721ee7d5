import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventCancelled, eventPublished, eventStatusChanged } from '../contract.ts'
import { eventTransitions } from '../tables.ts'
import { drafted, published, type SeenEvent, selection } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('transitionEvent', () => {
  it('publishes a draft: everybody sees it, and the others hear of it', async () => {
    const organization = world.organization()
    const event = await published(world, organization.as('ORGANIZER'), organization)
    expect(event).toMatchObject({ status: 'PUBLISHED', version: 2 })
    const seen = await world.anonymous.run('query ($id: ID!) { event(id: $id) { status } }', { id: event.id })
    expect(seen.data).toEqual({ event: { status: 'PUBLISHED' } })
    const mine = ({ eventId }: { eventId: string }) => eventId === event.id
    expect((await world.published(eventPublished)).filter(mine)).toHaveLength(1)
    expect((await world.published(eventStatusChanged)).filter(mine)).toEqual([
      expect.objectContaining({ from: 'DRAFT', status: 'PUBLISHED', version: 2 }),
    ])
  })

  it('keeps who moved it where and why, and shows what is open next', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await published(world, organizer, organization)
    await organizer.mutate(
      'transitionEvent',
      { id, to: 'CANCELLED', reason: 'The hall burned down.' },
      selection,
    )
    const { data } = await organizer.run(
      'query ($id: ID!) { event(id: $id) { history { from to reason actor { id } } availableTransitions { to isReasonRequired blockedBy } } }',
      { id },
    )
    expect(data).toEqual({
      event: {
        history: [
          {
            from: 'PUBLISHED',
            to: 'CANCELLED',
            reason: 'The hall burned down.',
            actor: { id: organizer.userId },
          },
          { from: 'DRAFT', to: 'PUBLISHED', reason: null, actor: { id: organizer.userId } },
        ],
        availableTransitions: [{ to: 'ARCHIVED', isReasonRequired: false, blockedBy: [] }],
      },
    })
    const told = (await world.published(eventCancelled)).filter(({ eventId }) => eventId === id)
    expect(told).toEqual([expect.objectContaining({ reason: 'The hall burned down.' })])
  })

  it.each([
    [{ to: 'JUDGING' }, 'INVALID_STATE_TRANSITION'],
    [{ to: 'DRAFT' }, 'INVALID_STATE_TRANSITION'],
    [{ to: 'CANCELLED' }, 'REASON_REQUIRED'],
    [{ to: 'PUBLISHED', reason: 'x'.repeat(1001) }, 'TOO_LONG'],
    [{ to: 'PUBLISHED', expectedVersion: 7 }, 'VERSION_CONFLICT'],
  ])('refuses %j from a draft with %s and changes nothing', async (step, code) => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await drafted(world, organizer, organization)
    const { event, userErrors } = await organizer.mutate<{ event: null }>(
      'transitionEvent',
      { id, ...step },
      selection,
    )
    expect([event, userErrors.map((error) => error.code)]).toEqual([null, [code]])
    expect(await world.rows(eventTransitions, eq(eventTransitions.eventId, id))).toEqual([])
    expect((await world.published(eventStatusChanged)).filter(({ eventId }) => eventId === id)).toEqual([])
  })

  it('says what an illegal step may be instead', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await drafted(world, organizer, organization)
    const { data } = await organizer.run(
      'mutation ($input: TransitionEventInput!) { transitionEvent(input: $input) { userErrors { ... on IllegalTransitionError { from to allowed } } } }',
      { input: { id, to: 'ARCHIVED' } },
    )
    expect(data).toEqual({
      transitionEvent: {
        userErrors: [{ from: 'DRAFT', to: 'ARCHIVED', allowed: ['PUBLISHED', 'CANCELLED'] }],
      },
    })
  })

  it('does not publish what is over by the clock', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const past = (days: number) => new Date(world.clock.now().getTime() - days * 86_400_000).toISOString()
    const { id } = await drafted(world, organizer, organization, { startsAt: past(3), endsAt: past(1) })
    const { userErrors } = await organizer.mutate('transitionEvent', { id, to: 'PUBLISHED' }, selection)
    expect(userErrors.map((error) => error.code)).toEqual(['EVENT_IN_PAST'])
    const { data } = await organizer.run(
      'query ($id: ID!) { event(id: $id) { availableTransitions { to blockedBy } } }',
      { id },
    )
    expect(data).toEqual({
      event: {
        availableTransitions: [
          { to: 'PUBLISHED', blockedBy: ['EVENT_IN_PAST'] },
          { to: 'CANCELLED', blockedBy: [] },
        ],
      },
    })
  })

  it('completes nothing whose projects are still being judged', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await published(world, organizer, organization)
    await world.settle()
    const must = async (mutation: string, input: object, field: string) => {
      const payload = await organizer.mutate<Record<string, { id: string }>>(
        mutation,
        input,
        `${field} { id }`,
      )
      if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors))
      return payload[field]?.id ?? ''
    }
    const maker = world.person()
    await maker.mutate('registerForEvent', { eventId: id }, 'registration { id }')
    await organizer.mutate('transitionEvent', { id, to: 'IN_PROGRESS' }, selection)
    await world.settle()
    const { project } = await maker.mutate<{ project: { id: string } }>(
      'createProject',
      { eventId: id, title: 'Solar Kettle', summary: 'It boils.' },
      'project { id }',
    )
    await maker.mutate('submitProject', { id: project.id }, 'project { id }')
    await organizer.mutate('transitionEvent', { id, to: 'JUDGING' }, selection)
    const judge = world.person()
    await must('grantEventRoles', { eventId: id, userId: judge.userId, roles: ['JUDGE'] }, 'membership')
    await world.settle()
    const round = { eventId: id, name: 'Final', mode: 'RUBRIC', minReviewsPerProject: 1 }
    const roundId = await must('createJudgingRound', round, 'round')
    await must('addJudgingCriterion', { roundId, name: 'Novelty' }, 'criterion')
    await must('assignJudges', { roundId, strategy: 'ALL_TO_ALL' }, 'round')
    await must('openJudgingRound', { id: roundId }, 'round')
    const step = { id, to: 'COMPLETED' }
    const refused = await organizer.mutate('transitionEvent', step, selection)
    expect(refused.userErrors.map(({ code }) => code)).toEqual(['ROUNDS_OPEN'])
    expect((await world.published(eventStatusChanged)).filter(({ eventId }) => eventId === id)).toHaveLength(
      3,
    )
    await must('closeJudgingRound', { id: roundId }, 'round')
    const { event } = await organizer.mutate<{ event: SeenEvent }>('transitionEvent', step, selection)
    expect(event.status).toBe('COMPLETED')
  })

  it('lets exactly one of ten rivals move an event', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await drafted(world, organizer, organization)
    const replies = await Promise.all(
      Array.from({ length: 10 }, () =>
        organizer.mutate<{ event: SeenEvent | null }>('transitionEvent', { id, to: 'PUBLISHED' }, selection),
      ),
    )
    expect(replies.filter(({ event }) => event?.status === 'PUBLISHED')).toHaveLength(1)
    expect(await world.rows(eventTransitions, eq(eventTransitions.eventId, id))).toHaveLength(1)
    expect((await world.published(eventPublished)).filter(({ eventId }) => eventId === id)).toHaveLength(1)
  })

  it('gives the same answer for the same key, although the event has moved on', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await drafted(world, organizer, organization)
    const step = { id, to: 'PUBLISHED', idempotencyKey: 'click-1' }
    const first = await organizer.mutate<{ event: SeenEvent }>('transitionEvent', step, selection)
    const second = await organizer.mutate<{ event: SeenEvent }>('transitionEvent', step, selection)
    expect(second).toEqual(first)
    expect(await world.rows(eventTransitions, eq(eventTransitions.eventId, id))).toHaveLength(1)
  })

  it('hides the event from those who may not see it', async () => {
    const organization = world.organization()
    const { id } = await drafted(world, organization.as('ORGANIZER'), organization)
    const stranger = world.organization().as('OWNER')
    const { userErrors } = await stranger.mutate('transitionEvent', { id, to: 'PUBLISHED' }, selection)
    expect(userErrors.map((error) => error.code)).toEqual(['NOT_FOUND'])
  })
})
