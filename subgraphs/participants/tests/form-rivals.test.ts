import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationAnswers, registrations } from '../tables.ts'
import { ask, formOf, made, makeForm, refused, sizes, takenOf, tally } from './form-support.ts'
import { act, people, publishedEvent, register } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const size = (fieldId: string, value: string) => ({ answers: [{ fieldId, choices: [value] }] })

describe('rivals', () => {
  it('40 want 3 places of a choice on a form with 10: exactly so many, and none is lost when they leave', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const form = await makeForm(organization, eventId, { capacity: 10 })
    const field = await ask(organization, form.id, sizes(3))
    const rivals = people(world, 40)
    const want = (person: Person, value: string) =>
      act(person, 'registerForEvent', {
        eventId,
        formId: form.id,
        ...size(field.id, value),
        idempotencyKey: newId('key'),
      })

    expect(tally(await Promise.all(rivals.map((person) => want(person, 'm'))))).toEqual({
      CONFIRMED: 3,
      CHOICE_FULL: 37,
    })
    const small = await Promise.all(rivals.map((person) => want(person, 's')))
    expect(tally(small)).toEqual({ ALREADY_REGISTERED: 3, CONFIRMED: 7, FORM_FULL: 30 })
    expect(await takenOf(world, field.id)).toEqual({ s: 7, m: 3, l: 0 })
    expect((await formOf(world, form.id)).taken).toBe(10)

    const mine = await world.rows(registrations)
    const leaving = await Promise.all(
      rivals.map(async (person) => {
        const own = mine.find(({ userId, formId }) => userId === person.userId && formId === form.id)
        return own ? act(person, 'withdrawRegistration', { id: own.id, idempotencyKey: 'k' }) : 'STRANGER'
      }),
    )
    expect(tally(leaving)).toEqual({ WITHDRAWN: 10, STRANGER: 30 })
    expect(await takenOf(world, field.id)).toEqual({ s: 0, m: 0, l: 0 })
    expect((await formOf(world, form.id)).taken).toBe(0)

    const again = people(world, 20)
    expect(tally(await Promise.all(again.map((person) => want(person, 'm'))))).toEqual({
      CONFIRMED: 3,
      CHOICE_FULL: 17,
    })
  })

  it('swap choices: nobody loses the old place without the new one', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const form = await makeForm(organization, eventId)
    const field = await ask(organization, form.id, sizes(4))
    const swappers = await Promise.all(
      people(world, 16).map(async (person, n) => {
        const chosen = size(field.id, n < 4 ? 'm' : 's')
        return { person, id: (await register(person, eventId, { formId: form.id, ...chosen })).id }
      }),
    )
    const swap = ({ person, id }: (typeof swappers)[number], value: string) =>
      act(person, 'updateRegistration', { id, ...size(field.id, value), idempotencyKey: newId('swp') })

    // The four with M want to be rid of it, the twelve others want it.
    const first = await Promise.all(swappers.map((one, n) => swap(one, n < 4 ? 'l' : 'm')))
    const taken = await takenOf(world, field.id)
    const refusals = tally(first).CHOICE_FULL ?? 0
    expect(taken).toEqual({ s: refusals, m: 12 - refusals, l: 4 })
    expect(await Promise.all(swappers.map((one) => swap(one, 'l')))).toEqual(Array(16).fill('CONFIRMED'))
    expect(await takenOf(world, field.id)).toEqual({ s: 0, m: 0, l: 16 })
    expect(tally(await Promise.all(swappers.map((one) => swap(one, 'm'))))).toEqual({
      CONFIRMED: 4,
      CHOICE_FULL: 12,
    })
    expect(await takenOf(world, field.id)).toEqual({ s: 0, m: 4, l: 12 })
    const answers = await world.rows(registrationAnswers)
    const kept = answers.filter(({ fieldId }) => fieldId === field.id).map(({ value }) => String(value))
    expect(tally(kept)).toEqual({ m: 4, l: 12 })
  })

  it('answer while the question changes: each answer is to the version that it names, or refused', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const form = await makeForm(organization, eventId)
    const field = await ask(organization, form.id, { key: 'motto', isRequired: true })
    const organizer = organization.as('ORGANIZER')
    const answer = (person: Person) =>
      act(person, 'registerForEvent', {
        eventId,
        formId: form.id,
        answers: [{ fieldId: field.id, fieldVersion: 1, text: 'Onwards' }],
        idempotencyKey: 'k',
      })
    const before = people(world, 3)
    for (const person of before) expect(await answer(person)).toBe('CONFIRMED')
    const [change, ...replies] = await Promise.all([
      made<{ version: number }>(
        organizer,
        'updateFormField',
        { id: field.id, label: 'Your fear?' },
        'formField',
      ),
      ...people(world, 20).map(answer),
    ])
    const after = await Promise.all(people(world, 3).map(answer))
    expect(change.version).toBe(2)
    expect(after).toEqual(Array(3).fill('FIELD_CHANGED'))
    const { CONFIRMED: taken = 0, FIELD_CHANGED: late = 0 } = tally(replies)
    expect(taken + late).toBe(20)
    const kept = (await world.rows(registrationAnswers)).filter(({ fieldId }) => fieldId === field.id)
    expect(kept.map(({ fieldVersion }) => fieldVersion)).toEqual(Array(3 + taken).fill(1))
    expect((await formOf(world, form.id)).taken).toBe(3 + taken)
  })

  it('a capacity cannot be set below what is taken', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const form = await makeForm(organization, eventId)
    const field = await ask(organization, form.id, sizes(null))
    for (const person of people(world, 2)) {
      await register(person, eventId, { formId: form.id, ...size(field.id, 'm') })
    }
    const organizer = organization.as('ORGANIZER')
    expect(await refused(organizer, 'updateRegistrationForm', { id: form.id, capacity: 1 })).toEqual([
      'CAPACITY_BELOW_TAKEN capacity',
    ])
    const { choices } = sizes(1)
    expect(await refused(organizer, 'updateFormField', { id: field.id, choices })).toEqual([
      'CAPACITY_BELOW_TAKEN choices',
    ])
    expect(await refused(organizer, 'updateFormField', { id: field.id, choices: sizes(2).choices })).toEqual(
      [],
    )
    expect(
      await act(world.person(), 'registerForEvent', { eventId, formId: form.id, ...size(field.id, 'm') }),
    ).toBe('CHOICE_FULL')
  })
})
