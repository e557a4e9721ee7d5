import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationCheckedIn } from '../contract.ts'
import { registrationAnswers } from '../tables.ts'
import {
  countsOf,
  type Door,
  door,
  guest,
  listFor,
  logOf,
  minutesAgo,
  nonce,
  said,
  scan,
  upload,
} from './check-in-support.ts'
import { ask, defaultFormOf, makeForm, sizes, takenOf } from './form-support.ts'
import { act, statusesOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const askedAtDoor = async (
  { organization, eventId }: Door,
  over: { key: string } & Record<string, unknown>,
) =>
  (await ask(organization, (await defaultFormOf(world, eventId)).id, { isAskedAtCheckIn: true, ...over })).id

const keptOf = async (registrationId: string) =>
  Object.fromEntries(
    (await world.rows(registrationAnswers, eq(registrationAnswers.registrationId, registrationId))).map(
      ({ fieldId, value }) => [fieldId, value],
    ),
  )

describe('a list for some', () => {
  it('refuses the tickets of others, unless staff insists', async () => {
    const place = await door(world)
    const { organization, organizer, staff, eventId } = place
    const form = await makeForm(organization, eventId, { category: 'MENTOR' })
    const [anna, ben] = [
      await guest(world.person(), eventId),
      await guest(world.person(), eventId, { formId: form.id }),
    ]
    const lists = {
      everybody: place.listId,
      nobodyNamed: await listFor(organizer, eventId, { categories: [] }),
      mentors: await listFor(organizer, eventId, { categories: ['MENTOR', 'MENTOR'] }),
      both: await listFor(organizer, eventId, { categories: ['PARTICIPANT', 'MENTOR'] }),
    }
    const table: Record<string, string[]> = {}
    for (const [name, listId] of Object.entries(lists)) {
      table[name] = [await said(staff, listId, anna.secret), await said(staff, listId, ben.secret)]
    }
    expect(table).toEqual({
      everybody: ['OK', 'OK'],
      nobodyNamed: ['OK', 'OK'],
      mentors: ['WRONG_CATEGORY', 'OK'],
      both: ['OK', 'OK'],
    })
    expect(await said(staff, lists.mentors, anna.secret, { isForced: true })).toBe('OK')
    expect(await logOf(world, lists.mentors)).toMatchObject([
      { refusal: 'WRONG_CATEGORY', isForced: false },
      { result: 'OK' },
      { result: 'OK', isForced: true },
    ])
    expect(await countsOf(staff, lists.mentors)).toMatchObject({ enteredCount: 2, rejectedCount: 1 })
  })

  it('is changed like the rest of it, and devices know of whom they are', async () => {
    const { organizer, staff, eventId, listId } = await door(world, { categories: ['JUDGE'] })
    const anna = await guest(world.person(), eventId)
    const update = async (input: object) => {
      const { checkInList } = await organizer.mutate<{ checkInList: { categories: string[] } }>(
        'updateCheckInList',
        { id: listId, ...input },
        'checkInList { categories }',
      )
      return checkInList.categories
    }
    expect(await update({ name: 'Side door' })).toEqual(['JUDGE'])
    expect(await said(staff, listId, anna.secret)).toBe('WRONG_CATEGORY')
    expect(await update({ categories: null })).toEqual([])
    expect(await update({ categories: ['PARTICIPANT'] })).toEqual(['PARTICIPANT'])
    expect(await said(staff, listId, anna.secret)).toBe('OK')
    const { data } = await staff.run(
      `query ($id: ID!, $secret: String!) { registrationByTicket(secret: $secret) { category }
        checkInList(id: $id) { offlineTickets { nodes { category } } } }`,
      { id: listId, secret: anna.secret },
    )
    expect(data).toEqual({
      registrationByTicket: { category: 'PARTICIPANT' },
      checkInList: { offlineTickets: { nodes: [{ category: 'PARTICIPANT' }] } },
    })
  })
})

describe('questions at the door', () => {
  it('are open until they are answered, once for all lists', async () => {
    const place = await door(world)
    const { organizer, staff, eventId, listId } = place
    const anna = await guest(world.person(), eventId)
    const badge = await askedAtDoor(place, { key: 'badge', isRequired: true })
    const waiver = await askedAtDoor(place, { key: 'waiver', type: 'BOOLEAN', isRequired: true })
    await askedAtDoor(place, { key: 'note' })
    const { data } = await staff.run<{ registrationByTicket: { questions: { key: string }[] } }>(
      'query ($secret: String!) { registrationByTicket(secret: $secret) { questions { key } } }',
      { secret: anna.secret },
    )
    expect(data.registrationByTicket.questions.map(({ key }) => key)).toEqual(['badge', 'waiver', 'note'])
    const show = (...answers: object[]) => said(staff, listId, anna.secret, { answers })
    expect(await show()).toBe('INCOMPLETE')
    expect(await show({ fieldId: badge, text: '42' })).toBe('INCOMPLETE')
    expect(await statusesOf(world, eventId)).toEqual(['CONFIRMED'])
    expect(await world.published(registrationCheckedIn)).not.toContainEqual(
      expect.objectContaining({ registrationId: anna.registrationId }),
    )
    expect(await show({ fieldId: waiver, isTrue: true })).toBe('OK')
    expect(await keptOf(anna.registrationId)).toEqual({ [badge]: '42', [waiver]: true })
    const lunch = await listFor(organizer, eventId, { name: 'Lunch' })
    expect(await said(staff, lunch, anna.secret)).toBe('OK')
    expect(await said(staff, lunch, anna.secret, { answers: [{ fieldId: badge, text: '7' }] })).toBe(
      'ALREADY_REDEEMED',
    )
    expect(await keptOf(anna.registrationId)).toEqual({ [badge]: '7', [waiver]: true })
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 1, rejectedCount: 2 })
  })

  it('may be passed over, and are not open to devices that were offline', async () => {
    const place = await door(world)
    const { staff, eventId, listId } = place
    const [anna, ben] = [await guest(world.person(), eventId), await guest(world.person(), eventId)]
    await askedAtDoor(place, { key: 'badge', isRequired: true })
    expect(await said(staff, listId, anna.secret)).toBe('INCOMPLETE')
    expect(await said(staff, listId, anna.secret, { isForced: true })).toBe('OK')
    const told = await upload(staff, listId, [
      { secret: ben.secret, type: 'ENTRY', nonce: nonce(), at: minutesAgo(world, 5) },
    ])
    expect(told).toMatchObject([{ result: 'OK' }])
  })

  it('answered wrongly leave all as it was', async () => {
    const place = await door(world)
    const { staff, eventId, listId } = place
    const anna = await guest(world.person(), eventId)
    const size = await askedAtDoor(place, { ...sizes(1), isRequired: true })
    const atStart = (await ask(place.organization, (await defaultFormOf(world, eventId)).id, { key: 'food' }))
      .id
    const refusals = async (...answers: object[]) => {
      const { userErrors } = await scan(staff, listId, anna.secret, { answers })
      return userErrors.map(({ code, path }) => `${code} ${path.slice(1).join('.')}`)
    }
    expect(await refusals({ fieldId: size, text: 'm' })).toEqual([`ANSWER_INVALID answers.${size}`])
    expect(await refusals({ fieldId: atStart, text: 'x' })).toEqual([`ANSWER_INVALID answers.${atStart}`])
    expect(await refusals({ fieldId: size, fieldVersion: 9, choices: ['m'] })).toEqual([
      `FIELD_CHANGED answers.${size}`,
    ])
    expect(await logOf(world, listId)).toEqual([])
    expect(await keptOf(anna.registrationId)).toEqual({})
    expect(await refusals({ fieldId: size, choices: ['m'] })).toEqual([])
    const ben = await guest(world.person(), eventId)
    const answers = [{ fieldId: size, choices: ['m'] }]
    expect(await said(staff, listId, ben.secret, { answers })).toBe('CHOICE_FULL')
    await act(ben.person, 'withdrawRegistration', { id: ben.registrationId })
    expect(await said(staff, listId, ben.secret, { answers })).toBe('CANCELED')
    expect(await keptOf(ben.registrationId)).toEqual({})
    expect(await takenOf(world, size)).toMatchObject({ m: 1 })
    expect(await logOf(world, listId)).toHaveLength(2)
  })

  it('give the last of something to exactly one of many doors', async () => {
    const place = await door(world)
    const { staff, eventId, listId } = place
    const size = await askedAtDoor(place, { ...sizes(3), isRequired: true })
    const all = await Promise.all(Array.from({ length: 8 }, () => guest(world.person(), eventId)))
    const answers = [{ fieldId: size, choices: ['m'] }]
    const heard = await Promise.all(all.map(({ secret }) => said(staff, listId, secret, { answers })))
    expect(heard.sort()).toEqual([...Array(5).fill('CHOICE_FULL'), ...Array(3).fill('OK')])
    expect(await takenOf(world, size)).toMatchObject({ m: 3 })
    expect(await logOf(world, listId)).toHaveLength(3)
  })

  it('cost one more statement, and only where there are any', async () => {
    const place = await door(world)
    const { staff, eventId, listId } = place
    const anna = await guest(world.person(), eventId)
    await askedAtDoor(place, { key: 'badge', isRequired: true })
    const plain = await door(world)
    const ben = await guest(world.person(), plain.eventId)
    const costs = async (work: () => Promise<string>) => (await world.statements(work)).length
    const forced = { isForced: true }
    expect(await costs(() => said(plain.staff, plain.listId, ben.secret, forced))).toBe(7)
    expect(await costs(() => said(staff, listId, anna.secret, forced))).toBe(8)
  })
})
