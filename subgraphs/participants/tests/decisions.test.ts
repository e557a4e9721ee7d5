import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationConfirmed, registrationRejected } from '../contract.ts'
import { outbox, registrations, registrationTransitions, stagedDecisions } from '../tables.ts'
import { applicants, release, releaseOf } from './decisions-support.ts'
import { act, seatsOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const staged = 'stagedDecision { decision reason stagedBy { id } }'
const seenBy = async (person: Person, id: string) =>
  (
    await person.run<{ registration: object | null }>(
      `query ($id: ID!) { registration(id: $id) { ${staged} version } }`,
      { id },
    )
  ).data.registration

describe('a staged decision', () => {
  it('is seen by reviewers alone, and changes nothing that others see', async () => {
    const { organization, eventId, reviewer, at, ids, stage } = await applicants(world, 2)
    await world.settle()
    const before = [
      await world.rows(registrations),
      await world.rows(registrationTransitions),
      await world.rows(outbox),
    ]
    const { succeeded } = await stage('REJECT', ids, ' Too late. ')
    expect(succeeded.map(({ id }) => id)).toEqual(ids)
    await world.settle()
    expect([
      await world.rows(registrations),
      await world.rows(registrationTransitions),
      await world.rows(outbox),
    ]).toEqual(before)

    const own = at(0).person
    expect(await seenBy(own, ids[0] ?? '')).toEqual({ stagedDecision: null, version: 1 })
    expect(await seenBy(reviewer, ids[0] ?? '')).toEqual({
      stagedDecision: { decision: 'REJECT', reason: 'Too late.', stagedBy: { id: reviewer.userId } },
      version: 1,
    })
    const counts = 'stagedDecisionCounts { confirm waitlist reject } decisionReleases { totalCount }'
    const asked = (person: Person) => person.entity('participants', 'Event', eventId, counts)
    expect(await asked(reviewer)).toEqual({
      stagedDecisionCounts: { confirm: 0, waitlist: 0, reject: 2 },
      decisionReleases: { totalCount: 0 },
    })
    const hidden = { stagedDecisionCounts: null, decisionReleases: null }
    for (const person of [own, organization.as('MEMBER'), world.organization().as('OWNER')]) {
      expect(await asked(person)).toEqual(hidden)
    }
    const nested = await own.entity(
      'participants',
      'User',
      own.userId,
      `registrations { nodes { ${staged} availableTransitions { to } } }`,
    )
    expect(nested).toEqual({
      registrations: { nodes: [{ stagedDecision: null, availableTransitions: [{ to: 'WITHDRAWN' }] }] },
    })
    expect(await own.entity('participants', 'Event', eventId, `myRegistration { ${staged} }`)).toEqual({
      myRegistration: { stagedDecision: null },
    })
  })

  it('replaces the one before, is taken back, and answers for each', async () => {
    const { eventId, reviewer, at, ids, stage } = await applicants(world, 3)
    const foreign = (await applicants(world, 1)).ids
    await act(at(2).person, 'withdrawRegistration', { id: at(2).id })
    const { succeeded, failed } = await stage('CONFIRM', [...ids, ...foreign])
    expect(succeeded.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(failed.map(({ id, code }) => [id, code])).toEqual([
      [foreign[0], 'NOT_FOUND'],
      [ids[2], 'INVALID_STATE_TRANSITION'],
    ])
    await stage('WAITLIST', ids.slice(0, 1))
    const rows = () => world.rows(stagedDecisions, eq(stagedDecisions.eventId, eventId))
    expect((await rows()).map(({ decision }) => decision).sort()).toEqual(['CONFIRM', 'WAITLIST'])
    const back = await reviewer.mutate<{ succeeded: object[] }>(
      'unstageDecisions',
      { ids: ids.slice(0, 1) },
      'succeeded { id }',
    )
    expect(back.succeeded).toEqual([{ id: ids[0] }])
    expect((await rows()).map(({ registrationId }) => registrationId)).toEqual([ids[1]])
  })

  it('needs a reason to turn somebody down, and 1 to 2000 registrations', async () => {
    const { ids, stage } = await applicants(world, 1)
    expect((await stage('REJECT')).userErrors.map(({ code }) => code)).toEqual(['TOO_SHORT'])
    expect((await stage('CONFIRM', [])).userErrors.map(({ code }) => code)).toEqual(['INVALID_VALUE'])
    expect((await stage('CONFIRM', Array(2001).fill(ids[0]))).userErrors.map(({ code }) => code)).toEqual([
      'INVALID_VALUE',
    ])
  })
})

describe('releasing', () => {
  it('applies everything that was staged, and tells each participant', async () => {
    const {
      eventId,
      reviewer,
      ids,
      stage,
      release: begin,
      statuses,
    } = await applicants(world, 5, { capacity: 2 })
    await stage('CONFIRM', ids.slice(0, 2))
    await stage('WAITLIST', ids.slice(2, 3))
    await stage('REJECT', ids.slice(3, 4), 'Too young.')
    const id = await begin()
    await world.settle()
    expect(await statuses()).toEqual(['CONFIRMED', 'CONFIRMED', 'WAITLISTED', 'REJECTED', 'PENDING_APPROVAL'])
    expect(await releaseOf(reviewer, id)).toEqual({
      status: 'COMPLETED',
      totalCount: 4,
      appliedCount: 4,
      failedCount: 0,
      failures: { nodes: [] },
    })
    const [rejected] = (await world.published(registrationRejected)).filter((one) => one.eventId === eventId)
    expect(rejected).toMatchObject({ reason: 'Too young.', actorId: reviewer.userId })
    expect(await begin()).toBe('NOTHING_STAGED')
  })

  it('may be of one kind', async () => {
    const { ids, stage, release: begin, statuses } = await applicants(world, 2)
    await stage('CONFIRM', ids.slice(0, 1))
    await stage('REJECT', ids.slice(1), 'No.')
    await begin('REJECT')
    await world.settle()
    expect(await statuses()).toEqual(['PENDING_APPROVAL', 'REJECTED'])
  })

  it('says what it could not apply; who only lacked a seat stays staged', async () => {
    const {
      reviewer,
      at,
      ids,
      stage,
      release: begin,
      statuses,
      eventId,
    } = await applicants(world, 4, { capacity: 1 })
    await stage('CONFIRM')
    await act(at(0).person, 'withdrawRegistration', { id: at(0).id })
    const id = await begin()
    await world.settle()
    expect(await statuses()).toEqual(['WITHDRAWN', 'CONFIRMED', 'PENDING_APPROVAL', 'PENDING_APPROVAL'])
    const seen = await releaseOf(reviewer, id)
    expect(seen).toMatchObject({ status: 'COMPLETED', totalCount: 4, appliedCount: 1, failedCount: 3 })
    expect(seen?.failures.nodes.map(({ code, registration }) => [registration.number, code]).sort()).toEqual([
      [1, 'INVALID_STATE_TRANSITION'],
      [3, 'EVENT_FULL'],
      [4, 'EVENT_FULL'],
    ])
    await reviewer.mutate('updateEvent', { id: eventId, capacity: 3 }, 'event { id }')
    await world.settle()
    await begin()
    await world.settle()
    expect((await statuses()).slice(2)).toEqual(['CONFIRMED', 'CONFIRMED'])
    expect(await world.rows(stagedDecisions, eq(stagedDecisions.eventId, eventId))).toEqual([])
    expect(ids).toHaveLength(4)
  })

  it('by two at once, while participants withdraw, applies each decision once', async () => {
    const {
      eventId,
      at,
      reviewer,
      organization,
      stage,
      release: begin,
      statuses,
    } = await applicants(world, 40, {
      capacity: 40,
    })
    await stage('CONFIRM')
    const said = await Promise.all([
      begin(),
      release(organization.as('OWNER'), eventId),
      ...Array.from({ length: 10 }, (_, n) =>
        act(at(n * 3).person, 'withdrawRegistration', { id: at(n * 3).id }),
      ),
    ])
    await world.settle()
    const begun = said.slice(0, 2).filter((one) => one.startsWith('rel_'))
    const releases = await Promise.all(begun.map((id) => releaseOf(reviewer, id)))
    const total = (of: 'totalCount' | 'appliedCount' | 'failedCount') =>
      releases.reduce((sum, seen) => sum + (seen?.[of] ?? 0), 0)
    expect(said.slice(2)).toEqual(Array(10).fill('WITHDRAWN'))
    expect(total('totalCount')).toBe(40)
    expect(total('appliedCount') + total('failedCount')).toBe(40)
    const now = await statuses()
    const confirmed = now.filter((status) => status === 'CONFIRMED').length
    expect(await seatsOf(world, eventId)).toMatchObject({ held: confirmed })
    const own = new Set(
      (await world.rows(registrations, eq(registrations.eventId, eventId))).map(({ id }) => id),
    )
    const history = await world.rows(registrationTransitions, eq(registrationTransitions.to, 'CONFIRMED'))
    expect(history.filter(({ registrationId }) => own.has(registrationId))).toHaveLength(
      total('appliedCount'),
    )
    expect(
      (await world.published(registrationConfirmed)).filter((one) => one.eventId === eventId),
    ).toHaveLength(total('appliedCount'))
  })
})

it('who may not decide stages, releases and reopens nothing', async () => {
  const { organization, eventId, at, ids, stage } = await applicants(world, 1)
  await stage('CONFIRM')
  await world.settle()
  const before = [
    await world.rows(stagedDecisions),
    await world.rows(registrations),
    await world.rows(outbox),
  ]
  const attempts: [string, object, string][] = [
    ['stageDecisions', { ids, decision: 'WAITLIST' }, 'failed { code } userErrors { code }'],
    ['unstageDecisions', { ids }, 'failed { code } userErrors { code }'],
    ['releaseStagedDecisions', { eventId }, 'userErrors { code }'],
    ['reopenRegistration', { id: ids[0], reason: 'Me.' }, 'userErrors { code }'],
    ['cancelRegistration', { id: ids[0], reason: 'Me.' }, 'userErrors { code }'],
  ]
  for (const [mutation, input, select] of attempts) {
    const document = `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { ${select} } }`
    const said = async (person: Person) => {
      const { data, errors } = await person.run<
        Record<string, { userErrors: { code: string }[]; failed?: { code: string }[] }>
      >(document, { input })
      return errors[0]?.code ?? data[mutation]?.userErrors[0]?.code ?? data[mutation]?.failed?.[0]?.code
    }
    expect(await said(world.anonymous)).toBe('UNAUTHENTICATED')
    expect(await said(at(0).person)).toBe('FORBIDDEN')
    const unseen = mutation === 'releaseStagedDecisions' ? 'FORBIDDEN' : 'NOT_FOUND'
    expect(await said(organization.as('MEMBER'))).toBe(unseen)
    expect(await said(world.organization().as('OWNER'))).toBe(unseen)
  }
  expect([
    await world.rows(stagedDecisions),
    await world.rows(registrations),
    await world.rows(outbox),
  ]).toEqual(before)
})
