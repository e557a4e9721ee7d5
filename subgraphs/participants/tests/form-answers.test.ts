import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetAnswers } from '../forms/forget-answers.ts'
import { registrationAnswers, registrations } from '../tables.ts'
import { ask, defaultFormOf, makeForm, sizes } from './form-support.ts'
import { act, hourMs, one, people, publishedEvent, register, seatsOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const onEvent = <T>(person: Person, id: string, selection: string) =>
  person.entity<T>('participants', 'Event', id, selection)
const onRegistration = <T>(person: Person, id: string, selection: string) =>
  person.entity<T>('participants', 'Registration', id, selection)

const _answersOf = async (person: Person, id: string) =>
  (
    await onRegistration<{ answers: unknown[] }>(
      person,
      id,
      'answers { label fieldVersion type text number choices { value label } }',
    )
  )?.answers

describe('updateRegistration', () => {
  it('follows the form: until approved, never, and back to the reviewers', async () => {
    const organization = world.organization()
    const reviewer = organization.as('ORGANIZER')
    const eventId = await publishedEvent(world, organization, { approvalMode: 'MANUAL', capacity: 1 })
    const formWith = async (modificationMode: string, isApprovalResetOnModification = false) => {
      const form = await makeForm(organization, eventId, { modificationMode, isApprovalResetOnModification })
      const person = world.person()
      return { person, id: (await register(person, eventId, { formId: form.id })).id }
    }
    const change = ({ person, id }: { person: Person; id: string }, message: string) =>
      act(person, 'updateRegistration', { id, message })
    const never = await formWith('NEVER')
    expect(await change(never, 'Hello')).toBe('MODIFICATION_CLOSED')
    expect(
      await act(never.person, 'updateRegistration', { id: never.id, consentToBeListed: 'EVERYBODY' }),
    ).toBe('PENDING_APPROVAL')
    const early = await formWith('UNTIL_APPROVED')
    expect(await change(early, 'Hello')).toBe('PENDING_APPROVAL')
    const again = await formWith('ALWAYS', true)
    await act(reviewer, 'approveRegistration', { id: again.id })
    await act(reviewer, 'approveRegistration', { id: early.id })
    expect(await change(early, 'Again')).toBe('MODIFICATION_CLOSED')
    expect(await act(again.person, 'updateRegistration', { id: again.id, expectedVersion: 1 })).toBe(
      'VERSION_CONFLICT',
    )
    expect(await act(never.person, 'updateRegistration', { id: again.id, message: 'Mine' })).toBe('NOT_FOUND')
    expect(await change(again, 'Changed')).toBe('PENDING_APPROVAL')
    // The seat went on to the one who queued.
    expect(await one(world.rows(registrations, eq(registrations.id, early.id)))).toMatchObject({
      status: 'OFFERED',
    })
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 1, queued: 0 })
  })
})

describe('who sees what', () => {
  it('reviewers of a blind form see neither who it is nor what tells, on no path', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { approvalMode: 'MANUAL' })
    const form = await makeForm(organization, eventId, { isReviewBlind: true })
    const school = await ask(organization, form.id, { key: 'school', isIdentifying: true })
    const idea = await ask(organization, form.id, { key: 'idea' })
    const person = world.person()
    const answers = [school, idea].map(({ id: fieldId }) => ({ fieldId, text: 'Text' }))
    const { id } = await register(person, eventId, { formId: form.id, answers })
    const reviewer = world.personWith({
      kind: 'user',
      userId: newId('usr'),
      sessionId: newId('ses'),
      platformRoles: [],
      grants: { [organization.id]: { role: 'REVIEWER', permissions: ['participants:review'] } },
    })
    const selection = 'participant { id } answers { label } history { actor { id } }'
    const blind = { participant: null, answers: [{ label: 'What about idea?' }], history: [{ actor: null }] }
    const whole = {
      participant: { id: person.userId },
      answers: [{ label: 'What about school?' }, { label: 'What about idea?' }],
      history: [{ actor: { id: person.userId } }],
    }
    expect(await onRegistration(reviewer, id, selection)).toEqual(blind)
    expect(await onEvent(reviewer, eventId, `registrations { nodes { ${selection} } }`)).toEqual({
      registrations: { nodes: [blind] },
    })
    for (const seeing of [person, organization.as('ORGANIZER'), world.service]) {
      expect(await onRegistration(seeing, id, selection)).toEqual(whole)
    }
    expect(await onRegistration(world.person(), id, selection)).toBeNull()
  })

  it('people are listed to whom they agreed to be', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const [shy, sociable, famous] = people(world, 3) as [Person, Person, Person]
    await register(shy, eventId)
    await register(sociable, eventId, { consentToBeListed: 'PARTICIPANTS' })
    await register(famous, eventId, { consentToBeListed: 'EVERYBODY' })
    const listed = async (caller: Person) =>
      (
        await onEvent<{ attendees: { totalCount: number; nodes: { user: { id: string } }[] } }>(
          caller,
          eventId,
          'attendees { totalCount nodes { user { id } category } }',
        )
      )?.attendees.nodes.map(({ user }) => user.id)
    const among = [sociable.userId, famous.userId].sort()
    expect(await listed(world.anonymous)).toEqual([famous.userId])
    expect(await listed(world.person())).toEqual([famous.userId])
    expect(await listed(shy)).toEqual(among)
    expect(await listed(organization.as('ORGANIZER'))).toEqual(among)
  })
})

it('what registering and listing with answers costs does not grow with either', async () => {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization)
  const { id: formId } = await defaultFormOf(world, eventId)
  const fields = [await ask(organization, formId, { key: 'a' }), await ask(organization, formId, sizes(100))]
  const answers = fields.map(({ id: fieldId }, n) =>
    n === 0 ? { fieldId, text: 'A' } : { fieldId, choices: ['m'] },
  )
  const registering = (given: object[]) =>
    world.statements(async () => {
      await register(world.person(), eventId, { answers: given })
    })
  const [none, all] = [await registering([]), await registering(answers)]
  // The places of choices, and the answers.
  expect(all.length - none.length).toBe(2)
  const organizer = organization.as('ORGANIZER')
  const selection =
    'registrations(first: 50) { nodes { participant { id } answers { label field { key } text } } }'
  const listing = () => world.statements(() => onEvent(organizer, eventId, selection))
  const few = await listing()
  for (const person of people(world, 6)) await register(person, eventId, { answers })
  expect((await listing()).length).toBe(few.length)
})

it('answers go when the event is over for as long as the form says, and the registration says so', async () => {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization)
  const { id: formId } = await makeForm(organization, eventId, { retentionDays: 30 })
  const field = await ask(organization, formId, { key: 'allergies' })
  const person = world.person()
  const { id } = await register(person, eventId, {
    formId,
    message: 'Nuts!',
    answers: [{ fieldId: field.id, text: 'Nuts' }],
  })
  const forget = async () => {
    const participants = world.host.subgraphs.participants
    if (!participants) throw new Error('participants do not run')
    await Promise.all([1, 2, 3].map(() => forgetAnswers(participants.ownContext())))
    return onRegistration(person, id, 'status message answers { text } answersDeletedAt')
  }
  world.clock.advance((8 + 29) * 24 * hourMs)
  expect(await forget()).toMatchObject({
    message: 'Nuts!',
    answers: [{ text: 'Nuts' }],
    answersDeletedAt: null,
  })
  world.clock.advance(2 * 24 * hourMs)
  const at = world.clock.now().toISOString()
  expect(await forget()).toMatchObject({ message: null, answers: [], answersDeletedAt: at })
  expect(await world.rows(registrationAnswers, eq(registrationAnswers.registrationId, id))).toEqual([])
})
