import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formFields } from '../tables.ts'
import { ask, defaultFormOf, formOf, made, makeForm, refused, sizes } from './form-support.ts'
import { act, hourMs, publishedEvent, register } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const onEvent = <T>(person: Person, id: string, selection: string) =>
  person.entity<T>('participants', 'Event', id, selection)
const onRegistration = <T>(person: Person, id: string, selection: string) =>
  person.entity<T>('participants', 'Registration', id, selection)

const answersOf = async (person: Person, id: string) =>
  (
    await onRegistration<{ answers: unknown[] }>(
      person,
      id,
      'answers { label fieldVersion type text number choices { value label } }',
    )
  )?.answers

describe('forms of an event', () => {
  it('are one from the start, and more if managers want them; strangers change nothing', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const form = await makeForm(organization, eventId, { category: 'MENTOR' })
    const hidden = await makeForm(organization, eventId, { isPrivate: true, title: 'Friends' })
    const titles = 'registrationForms { title category isDefault state }'
    const open = [
      { title: 'Registration', category: 'PARTICIPANT', isDefault: true, state: 'OPEN' },
      { title: 'Mentors', category: 'MENTOR', isDefault: false, state: 'OPEN' },
    ]
    expect(await onEvent(world.anonymous, eventId, titles)).toEqual({ registrationForms: open })
    const friends = { title: 'Friends', category: 'PARTICIPANT', isDefault: false, state: 'OPEN' }
    expect(await onEvent(organization.as('ORGANIZER'), eventId, titles)).toEqual({
      registrationForms: [...open, friends],
    })

    const before = [await formOf(world, form.id), await world.rows(formFields)]
    for (const person of [world.person(), organization.as('MEMBER'), world.organization().as('OWNER')]) {
      const denied = (mutation: string, input: object) => refused(person, mutation, input).catch(String)
      expect(await denied('updateRegistrationForm', { id: form.id, title: 'Mine' })).toMatch(/FORBIDDEN/)
      expect(await denied('archiveRegistrationForm', { id: form.id })).toMatch(/FORBIDDEN/)
      expect(await denied('createRegistrationForm', { eventId, title: 'Mine' })).toMatch(/FORBIDDEN/)
      expect(await denied('addFormField', { formId: form.id, key: 'a', label: 'A?', type: 'TEXT' })).toMatch(
        /FORBIDDEN/,
      )
      expect(await denied('updateRegistrationForm', { id: hidden.id, title: 'Mine' })).toEqual([
        'NOT_FOUND id',
      ])
    }
    expect([await formOf(world, form.id), await world.rows(formFields)]).toEqual(before)
  })

  it('that are private open with their token alone, and the token before does not', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const organizer = organization.as('ORGANIZER')
    const { token, registrationForm } = await organizer.mutate<{
      token: string
      registrationForm: { id: string }
    }>(
      'createRegistrationForm',
      { eventId, title: 'Friends', isPrivate: true },
      'token registrationForm { id }',
    )
    const formId = registrationForm.id
    const renewed = await organizer.mutate<{ token: string }>(
      'renewRegistrationFormToken',
      { id: formId },
      'token',
    )
    const come = (person: Person, formToken?: string) =>
      act(person, 'registerForEvent', { eventId, formId, formToken })
    const person = world.person()
    expect(await come(person)).toBe('NOT_FOUND')
    expect(await come(person, token)).toBe('NOT_FOUND')
    const document = 'query ($id: ID!, $token: String) { registrationForm(id: $id, token: $token) { title } }'
    const seen = async (tried?: string) => (await person.run(document, { id: formId, token: tried })).data
    expect(await seen()).toEqual({ registrationForm: null })
    expect(await seen(renewed.token)).toEqual({ registrationForm: { title: 'Friends' } })
    expect(await come(person, renewed.token)).toBe('CONFIRMED')
  })

  it('have hours, places and reviewers of their own', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const now = world.clock.now().getTime()
    const at = (hours: number) => new Date(now + hours * hourMs).toISOString()
    const form = (over: object) => makeForm(organization, eventId, over)
    const tried = async (over: object) =>
      act(world.person(), 'registerForEvent', { eventId, formId: (await form(over)).id })
    expect(await tried({ opensAt: at(1) })).toBe('REGISTRATION_NOT_OPEN')
    expect(await tried({ closesAt: at(-1) })).toBe('REGISTRATION_CLOSED')
    expect(await tried({ approvalMode: 'MANUAL' })).toBe('PENDING_APPROVAL')
    const late = { eventId, title: 'Late', closesAt: at(24 * 30) }
    expect(await refused(organization.as('OWNER'), 'createRegistrationForm', late)).toEqual([
      'INVALID_TIME_RANGE closesAt',
    ])
    const archived = await form({})
    await made(organization.as('OWNER'), 'archiveRegistrationForm', { id: archived.id }, 'registrationForm')
    expect(await act(world.person(), 'registerForEvent', { eventId, formId: archived.id })).toBe('NOT_FOUND')
    const { id } = await defaultFormOf(world, eventId)
    expect(await refused(organization.as('OWNER'), 'archiveRegistrationForm', { id })).toEqual([
      'DEFAULT_FORM id',
    ])
  })
})

describe('questions', () => {
  it('keep what they said for those who answered, also when they are asked no more', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const eventId = await publishedEvent(world, organization)
    const form = await defaultFormOf(world, eventId)
    const size = await ask(organization, form.id, { ...sizes(null), label: 'Shirt?', isRequired: true })
    const person = world.person()
    expect(await refused(person, 'registerForEvent', { eventId })).toEqual([
      `ANSWER_REQUIRED answers.${size.id}`,
    ])
    const { id } = await register(person, eventId, { answers: [{ fieldId: size.id, choices: ['m'] }] })
    const choices = [
      { value: 'm', label: 'Medium' },
      { value: 'xl', label: 'XL' },
    ]
    await made(organizer, 'updateFormField', { id: size.id, label: 'Which shirt?', choices }, 'formField')
    const asked = { label: 'Shirt?', fieldVersion: 1, type: 'SINGLE_CHOICE', text: null, number: null }
    const answer = { ...asked, choices: [{ value: 'm', label: 'M' }] }
    expect(await answersOf(person, id)).toEqual([answer])
    await made(organizer, 'removeFormField', { id: size.id }, 'formField')
    expect(await answersOf(person, id)).toEqual([answer])
    expect(await act(world.person(), 'registerForEvent', { eventId })).toBe('CONFIRMED')
  })

  it('stand in an order in which their conditions hold', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const eventId = await publishedEvent(world, organization)
    const { id: formId } = await defaultFormOf(world, eventId)
    const first = await ask(organization, formId, { key: 'first', type: 'BOOLEAN' })
    const second = await ask(organization, formId, {
      key: 'second',
      showIf: [{ fieldId: first.id, equals: 'true' }],
    })
    const third = await ask(organization, formId, { key: 'third', position: 1 })
    const order = async () =>
      (
        await onEvent<{ registrationForms: { fields: { key: string }[] }[] }>(
          organizer,
          eventId,
          'registrationForms { fields { key position showIf { field { key } equals } } }',
        )
      )?.registrationForms[0]?.fields
    const asked = (...keys: string[]) =>
      keys.map((key, index) => expect.objectContaining({ key, position: index + 1 }))
    expect(await order()).toEqual(asked('third', 'first', 'second'))
    expect(await refused(organizer, 'moveFormField', { id: second.id, position: 1 })).toEqual([
      'FIELD_NEEDED id',
    ])
    expect(await refused(organizer, 'removeFormField', { id: first.id })).toEqual(['FIELD_NEEDED id'])
    expect(await refused(organizer, 'moveFormField', { id: third.id, position: 9 })).toEqual([])
    expect(await order()).toEqual(asked('first', 'second', 'third'))
    expect(
      await refused(organizer, 'addFormField', { formId, key: 'first', label: 'A?', type: 'TEXT' }),
    ).toEqual(['FIELD_KEY_TAKEN key'])
    expect(await refused(organizer, 'updateFormField', { id: third.id, expectedVersion: 7 })).toEqual([
      'VERSION_CONFLICT expectedVersion',
    ])
  })
})
