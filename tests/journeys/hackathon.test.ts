import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Stream } from '../support/client.ts'
import { houses, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'

/** Somebody who came to take part, with an open stream of notifications. */
interface Guest {
  client: Client
  stream: Stream<Item>
  registrationId: string
}

interface Item {
  notificationStream: {
    kind: string
    notification: {
      type: string
      title: string
      event: { title: string; organization: { name: string } } | null
      registration: { status: string; participant: { displayName: string } } | null
    } | null
  }
}

const liveNotifications = `subscription {
  notificationStream {
    kind
    notification {
      type title
      event { title organization { name } }
      registration { status participant { displayName } }
    }
  }
}`

const day = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString()

describe.each(houses)('a hackathon, %s', (_name, open) => {
  let house: RunningHouse
  let organizer: Client
  const guests = new Map<string, Guest>()
  let organizationId: string
  let eventId: string

  beforeAll(async () => {
    house = await open()
  })
  afterAll(async () => {
    await Promise.all([...guests.values()].map(({ stream }) => stream.close()))
    await house?.close()
  })

  const guest = (name: string): Guest => {
    const found = guests.get(name)
    if (!found) throw new Error(`${name} is not here`)
    return found
  }

  /** Waits for the notification about one's own registration in this status, as it comes over the open socket. */
  const told = async (name: string, status: string) => {
    const item = await guest(name).stream.until(
      ({ notificationStream: { notification } }) => notification?.registration?.status === status,
    )
    return item.notificationStream.notification
  }

  it('an organizer founds an organization and publishes an event with two seats', async () => {
    organizer = await newPerson(house.url, 'Ada')
    const { organization } = await organizer.mutate<{ organization: { id: string } }>(
      'createOrganization',
      { name: 'Open City', kind: 'INNOVATION' },
      'organization { id }',
    )
    organizationId = organization.id
    const { event } = await organizer.mutate<{ event: { id: string } }>(
      'createEvent',
      {
        organizationId,
        title: 'City Hack',
        kind: 'HACKATHON',
        timezone: 'Europe/Zurich',
        startsAt: inDays(-0.5),
        endsAt: inDays(2),
        capacity: 2,
        approvalMode: 'MANUAL',
      },
      'event { id }',
    )
    eventId = event.id
    const { event: live } = await organizer.mutate<{ event: object }>(
      'transitionEvent',
      { id: eventId, to: 'PUBLISHED' },
      'event { status organization { name } availableTransitions { to } }',
    )
    expect(live).toEqual({
      status: 'PUBLISHED',
      organization: { name: 'Open City' },
      availableTransitions: [{ to: 'IN_PROGRESS' }, { to: 'DRAFT' }, { to: 'CANCELLED' }],
    })
  })

  it('three people open their streams and register', async () => {
    for (const name of ['Grace', 'Alan', 'Hedy']) {
      const client = await newPerson(house.url, name)
      const stream = client.stream<Item>(liveNotifications)
      const { registration } = await client.mutate<{ registration: { id: string; status: string } }>(
        'registerForEvent',
        { eventId },
        'registration { id status }',
      )
      guests.set(name, { client, stream, registrationId: registration.id })
      expect(registration.status).toBe('PENDING_APPROVAL')
    }
  })

  it('approvals arrive on the open streams, with fields of four subgraphs', async () => {
    for (const name of ['Grace', 'Alan']) {
      await organizer.mutate(
        'approveRegistration',
        { id: guest(name).registrationId },
        'registration { status }',
      )
      expect(await told(name, 'CONFIRMED')).toMatchObject({
        event: { title: 'City Hack', organization: { name: 'Open City' } },
        registration: { status: 'CONFIRMED', participant: { displayName: name } },
      })
    }
  })

  it('the third finds no seat left and waits', async () => {
    const { registration } = await organizer.mutate<{ registration: { status: string } }>(
      'approveRegistration',
      { id: guest('Hedy').registrationId },
      'registration { status }',
    )
    expect(registration.status).toBe('WAITLISTED')
    expect(await told('Hedy', 'WAITLISTED')).toBeTruthy()
  })

  it('one withdraws; the one who waits is offered the seat at once, and takes it', async () => {
    await guest('Grace').client.mutate(
      'withdrawRegistration',
      { id: guest('Grace').registrationId },
      'registration { status }',
    )
    expect(await told('Hedy', 'OFFERED')).toMatchObject({
      registration: { participant: { displayName: 'Hedy' } },
    })
    const accepted = await guest('Hedy').client.mutate<{ registration: object }>(
      'acceptOffer',
      { id: guest('Hedy').registrationId },
      'registration { status }',
    )
    expect(accepted.registration).toEqual({ status: 'CONFIRMED' })
    const { data } = await organizer.request(
      'query ($id: ID!) { event(id: $id) { registrationCounts { held } registrations(filter: { status: [CONFIRMED] }) { nodes { participant { displayName } } } } }',
      { id: eventId },
    )
    expect(data).toEqual({
      event: {
        registrationCounts: { held: 2 },
        registrations: {
          nodes: [{ participant: { displayName: 'Alan' } }, { participant: { displayName: 'Hedy' } }],
        },
      },
    })
  })

  it('two of them build something and submit it', async () => {
    const { project } = await guest('Alan').client.mutate<{ project: { id: string } }>(
      'createProject',
      { eventId, title: 'Quiet Streets', summary: 'A map of noise.' },
      'project { id }',
    )
    await guest('Alan').client.mutate(
      'addProjectMember',
      { projectId: project.id, userId: guest('Hedy').client.userId },
      'project { id }',
    )
    const submitted = await guest('Alan').client.mutate<{ project: object }>(
      'submitProject',
      { id: project.id },
      'project { status members { user { displayName } } event { title } }',
    )
    expect(submitted.project).toEqual({
      status: 'SUBMITTED',
      members: [{ user: { displayName: 'Alan' } }, { user: { displayName: 'Hedy' } }],
      event: { title: 'City Hack' },
    })
  })

  it('whoever was turned away stays outside', async () => {
    const refused = async (client: Client, query: string, variables: object) =>
      (await client.request(query, variables)).errors.map(({ extensions }) => extensions.code)
    const move =
      'mutation ($input: TransitionEventInput!) { transitionEvent(input: $input) { event { id } } }'
    expect(
      await refused(guest('Alan').client, move, { input: { id: eventId, to: 'CANCELLED', reason: 'x' } }),
    ).toEqual(['FORBIDDEN'])
    const { data } = await guest('Grace').client.request(
      'query ($id: ID!) { registration(id: $id) { id } }',
      {
        id: guest('Alan').registrationId,
      },
    )
    expect(data).toEqual({ registration: null })
  })
})
