import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectStatusChanged, projectWithdrawn } from '../contract.ts'
import { eventTerms, inbox, projectTransitions } from '../tables.ts'
import {
  about,
  act,
  domains,
  everything,
  guestOf,
  placesOf,
  projectOf,
  start,
  team,
  transition,
  updateEvent,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

/** An event with a project in each status that its team can bring about. */
async function everyKind() {
  const { organization, eventId, owner, id: draft } = await team(world)
  const next = async (...mutations: string[]) => {
    const person = await guestOf(world, eventId)
    const { id } = await start(person, { eventId })
    for (const mutation of mutations) await act(person, mutation, { id })
    return id
  }
  const submitted = await next('submitProject')
  const withdrawn = await next('withdrawProject')
  const disqualified = await next('submitProject')
  await act(organization.as('ADMIN'), 'disqualifyProject', { id: disqualified, reason: 'Copied.' })
  const statuses = async () => {
    const rows = await Promise.all(
      [draft, submitted, withdrawn, disqualified].map((id) => projectOf(world, id)),
    )
    return rows.map(({ status }) => status)
  }
  return { organization, eventId, owner, draft, submitted, statuses }
}

const termsOf = async (eventId: string) => (await world.rows(eventTerms, eq(eventTerms.id, eventId)))[0]

describe('what becomes of an event', () => {
  it('judging takes what was submitted, and nothing else; reopening gives it back', async () => {
    const { organization, eventId, submitted, statuses } = await everyKind()
    await transition(world, organization, eventId, 'IN_PROGRESS')
    expect(await statuses()).toEqual(['DRAFT', 'SUBMITTED', 'WITHDRAWN', 'DISQUALIFIED'])
    const { submissionNumber, submittedAt } = await projectOf(world, submitted)
    await transition(world, organization, eventId, 'JUDGING')
    expect(await statuses()).toEqual(['DRAFT', 'UNDER_REVIEW', 'WITHDRAWN', 'DISQUALIFIED'])
    await transition(world, organization, eventId, 'IN_PROGRESS')
    expect(await statuses()).toEqual(['DRAFT', 'SUBMITTED', 'WITHDRAWN', 'DISQUALIFIED'])
    expect(await projectOf(world, submitted)).toMatchObject({ submissionNumber, submittedAt, version: 4 })
    const told = (await world.published(projectStatusChanged)).filter(about(submitted))
    expect(told.map(({ from, status, actorId }) => [from, status, actorId])).toEqual([
      ['DRAFT', 'SUBMITTED', expect.stringMatching(/^usr_/)],
      ['SUBMITTED', 'UNDER_REVIEW', null],
      ['UNDER_REVIEW', 'SUBMITTED', null],
    ])
  })

  it('the end after judging leaves what was judged without a prize', async () => {
    const { organization, eventId, statuses } = await everyKind()
    await transition(world, organization, eventId, 'IN_PROGRESS', 'JUDGING', 'COMPLETED', 'ARCHIVED')
    expect(await statuses()).toEqual(['DRAFT', 'NOT_SELECTED', 'WITHDRAWN', 'DISQUALIFIED'])
  })

  it('the end without judging leaves what was submitted', async () => {
    const { organization, eventId, statuses } = await everyKind()
    await transition(world, organization, eventId, 'IN_PROGRESS', 'COMPLETED')
    expect(await statuses()).toEqual(['DRAFT', 'SUBMITTED', 'WITHDRAWN', 'DISQUALIFIED'])
  })

  it('calling it off gives every open project up, with the reason, and frees the teams', async () => {
    const { organization, eventId, draft, submitted, statuses } = await everyKind()
    await transition(world, organization, eventId, 'CANCELLED')
    expect(await statuses()).toEqual(['WITHDRAWN', 'WITHDRAWN', 'WITHDRAWN', 'DISQUALIFIED'])
    for (const id of [draft, submitted]) {
      expect((await placesOf(world, id)).map(({ teamEventId }) => teamEventId)).toEqual([null])
      expect((await world.published(projectWithdrawn)).filter(about(id))).toEqual([
        expect.objectContaining({ reason: 'Because.', actorId: null }),
      ])
    }
    expect(await world.rows(projectTransitions, eq(projectTransitions.projectId, draft))).toEqual([
      expect.objectContaining({ from: 'DRAFT', to: 'WITHDRAWN', reason: 'Because.', actorId: null }),
    ])
  })

  it('calling it off in the middle of judging gives up what is being judged', async () => {
    const { organization, eventId, statuses } = await everyKind()
    await transition(world, organization, eventId, 'IN_PROGRESS', 'JUDGING', 'CANCELLED')
    expect(await statuses()).toEqual(['WITHDRAWN', 'WITHDRAWN', 'WITHDRAWN', 'DISQUALIFIED'])
  })

  it('has no say in the projects of others', async () => {
    const { organization, eventId } = await team(world)
    const elsewhere = await team(world)
    const own = await start(organization.as('MEMBER'), { organizationId: organization.id })
    await transition(world, organization, eventId, 'CANCELLED')
    for (const { id } of [elsewhere, own]) {
      expect(await projectOf(world, id)).toMatchObject({ status: 'DRAFT', version: 1 })
    }
  })
})

describe('the terms of an event', () => {
  it('are kept as they change', async () => {
    const { organization, eventId } = await team(world)
    await updateEvent(world, organization, eventId, {
      title: 'Winter Hack',
      visibility: 'UNLISTED',
      maxTeamSize: 7,
      graceMinutes: 5,
    })
    expect(await termsOf(eventId)).toMatchObject({
      title: 'Winter Hack',
      visibility: 'UNLISTED',
      maxTeamSize: 7,
      graceMinutes: 5,
      status: 'PUBLISHED',
      termsVersion: 3,
    })
  })

  it('that are out of date are ignored', async () => {
    const { organization, eventId } = await team(world)
    await updateEvent(world, organization, eventId, { maxTeamSize: 7 })
    const before = [await termsOf(eventId), (await world.rows(inbox)).length]
    await world.host.database.sql`
      insert into events.outbox (id, name, version, aggregate, occurred_at, payload)
      select gen_random_uuid(), name, version, aggregate, occurred_at, payload from events.outbox
      where aggregate = ${eventId} and name = 'events.event.created'`
    await world.settle()
    // Another inbox row: it did arrive.
    expect([await termsOf(eventId), (await world.rows(inbox)).length - 1]).toEqual(before)
  })

  it('that arrive twice have one effect', async () => {
    const { organization, eventId, submitted, statuses } = await everyKind()
    await transition(world, organization, eventId, 'IN_PROGRESS', 'JUDGING', 'IN_PROGRESS')
    expect(await statuses()).toEqual(['DRAFT', 'SUBMITTED', 'WITHDRAWN', 'DISQUALIFIED'])
    const before = await everything(world)
    await world.host.database.sql`update events.outbox set sent_at = null where aggregate = ${eventId}`
    expect(await everything(world)).toEqual(before)
    expect(await projectOf(world, submitted)).toMatchObject({ version: 4 })
  })
})
