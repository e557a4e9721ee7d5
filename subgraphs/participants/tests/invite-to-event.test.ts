import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventInvitations } from '../tables.ts'
import { defaultFormOf, refused } from './form-support.ts'
import { domains, freshEmail, house, invite, tokenFor } from './invitation-support.ts'
import { one, transition } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

describe('inviteToEvent', () => {
  it('answers for each address, and keeps no more of the token than a hash', async () => {
    const made = await house(world)
    const [known, fresh] = [freshEmail(), freshEmail()]
    await invite(made, [known])
    const reply = await invite(made, [fresh, known, ` ${fresh.toUpperCase()}`, 'nonsense'])
    expect(reply).toEqual({
      invited: [{ id: expect.stringMatching(/^ein_/), email: fresh, state: 'PENDING' }],
      failed: [
        { email: known, code: 'ALREADY_INVITED' },
        { email: 'nonsense', code: 'INVALID_EMAIL' },
      ],
      userErrors: [],
    })
    expect(await world.mails(known)).toHaveLength(1)
    const token = await tokenFor(world, fresh)
    const row = await one(world.rows(eventInvitations, eq(eventInvitations.email, fresh)))
    expect(JSON.stringify(row)).not.toContain(token)
  })

  it('repeats the answer for the same key and sends nothing twice', async () => {
    const made = await house(world)
    const email = freshEmail()
    const again = () => invite(made, [email, 'nonsense'], { idempotencyKey: 'k' })
    const first = await again()
    expect(first.invited).toHaveLength(1)
    expect(await again()).toEqual(first)
    expect(await world.mails(email)).toHaveLength(1)
  })

  it('refuses what cannot be, and writes nothing', async () => {
    const made = await house(world)
    const { organizer, eventId, formId } = made
    const other = await house(world)
    const tryTo = (input: object) =>
      refused(organizer, 'inviteToEvent', { eventId, formId, emails: [freshEmail()], ...input })
    expect(await tryTo({ emails: [] })).toEqual(['INVALID_VALUE emails'])
    expect(await tryTo({ emails: Array.from({ length: 501 }, freshEmail) })).toEqual(['INVALID_VALUE emails'])
    expect(await tryTo({ eventId: 'evt_nonsense' })).toEqual(['NOT_FOUND eventId'])
    expect(await tryTo({ formId: other.formId })).toEqual(['NOT_FOUND formId'])
    await organizer.mutate('archiveRegistrationForm', { id: formId }, 'registrationForm { id }')
    expect(await tryTo({})).toEqual(['FORM_ARCHIVED formId'])
    await transition(made.organization, eventId, 'CANCELLED', 'Storm')
    await world.settle()
    const { id } = await defaultFormOf(world, eventId)
    expect(await tryTo({ formId: id })).toEqual(['REGISTRATION_CLOSED eventId'])
    expect(await world.rows(eventInvitations, eq(eventInvitations.eventId, eventId))).toEqual([])
  })

  it('is denied to all but managers', async () => {
    const { organization, eventId, formId } = await house(world)
    const mails = await world.mails()
    const input = `{ eventId: "${eventId}", formId: "${formId}", emails: ["${freshEmail()}"] }`
    const codes = async (person: Person) =>
      (await person.run(`mutation { inviteToEvent(input: ${input}) { invited { id } } }`)).errors.map(
        ({ code }) => code,
      )
    expect(await codes(organization.as('MEMBER'))).toEqual(['FORBIDDEN'])
    expect(await codes(world.organization().as('OWNER'))).toEqual(['FORBIDDEN'])
    expect(await codes(world.anonymous)).toEqual(['UNAUTHENTICATED'])
    expect(await world.rows(eventInvitations, eq(eventInvitations.eventId, eventId))).toEqual([])
    expect(await world.mails()).toEqual(mails)
  })

  it('is for organizers of the one event too, and not for those at its doors', async () => {
    const made = await house(world)
    const { organization, eventId } = made
    const helper = async (role: string) => {
      const person = world.person()
      const grant = { eventId, userId: person.userId, roles: [role] }
      await organization.as('OWNER').mutate('grantEventRoles', grant, 'membership { roles }')
      return person
    }
    const [organizer, staff] = [await helper('ORGANIZER'), await helper('CHECKIN_STAFF')]
    await world.settle()
    const email = freshEmail()
    expect((await invite({ ...made, organizer }, [email])).invited).toMatchObject([{ email }])
    const seen = (person: Person) =>
      person.entity('participants', 'Event', eventId, 'invitations { nodes { email } }')
    expect(await seen(organizer)).toEqual({ invitations: { nodes: [{ email }] } })
    expect(await seen(staff)).toEqual({ invitations: null })
    const other = await house(world)
    const input = `{ eventId: "${other.eventId}", formId: "${other.formId}", emails: ["${freshEmail()}"] }`
    const elsewhere = await organizer.run(`mutation { inviteToEvent(input: ${input}) { invited { id } } }`)
    expect(elsewhere.errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
  })
})
