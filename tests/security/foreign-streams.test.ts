import { readFileSync } from 'node:fs'
import path from 'node:path'
import { buildSchema } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'
import { type SecretEvent, secretEvent } from './support/secret-event.ts'
import {
  streamCases as cases,
  type Stranger,
  type StreamCase,
  strangers,
  unauthorized,
} from './support/stream-cases.ts'
import { type Frame, introduced, type WireSocket, waitFor } from './support/wire-socket.ts'

const streamsOf = (schemaFile: string): string[] => {
  const text = readFileSync(path.join(import.meta.dirname, '../../schema', schemaFile), 'utf8')
  return Object.keys(buildSchema(text, { assumeValid: true }).getSubscriptionType()?.getFields() ?? {}).sort()
}
/** Every stream that there is, whoever made it and whenever. */
const fields = streamsOf('api.graphql')

let secret: SecretEvent
/** The position of the guest in a stream of their own. */
let cursor: string

let house: RunningHouse
let open: { organizer: Awaited<ReturnType<typeof newPerson>>; eventId: string }
const insiders = new Map<string, WireSocket>()
const sockets = new Map<Stranger, WireSocket>()
/** Whoever is let in elsewhere: the registrations that they may hear of. */
const own: string[] = []

const idOf = (foreign: StreamCase['foreign']): string | undefined =>
  foreign && (foreign.kind === 'cursor' ? cursor : secret.ids[foreign.kind])
const subscribe = (id: string, query: string, variables: object = {}) => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
})
const framesOf = (wire: WireSocket, id: string) => wire.frames.filter((frame) => frame.id === id)

beforeAll(async () => {
  house = await openTestHouse({ production: true })
  secret = await secretEvent(house)
  open = await organizerWithEvent(house.url)
  const person = await newPerson(house.url, 'Eve')
  for (const guest of [person, open.organizer]) {
    const input = { eventId: open.eventId }
    const { registration } = await guest.mutate<{ registration: { id: string } }>(
      'registerForEvent',
      input,
      'registration { id }',
    )
    own.push(registration.id)
  }
  const bearers = [null, person.accessToken, open.organizer.accessToken, secret.guest.accessToken]
  for (const [index, stranger] of strangers.entries()) {
    sockets.set(stranger, await introduced(house.url, bearers[index] ?? undefined))
  }

  const inbox = await introduced(house.url, secret.guest.accessToken ?? '')
  inbox.send(subscribe('s', 'subscription { notificationStream { cursor } }'))
  const item = (await inbox.until('next'))[0]?.payload as
    | { data: { notificationStream: { cursor: string } } }
    | undefined
  if (!item) throw new Error('a stream of notifications begins with where it stands')
  cursor = item.data.notificationStream.cursor
  inbox.socket.terminate()
})
afterAll(async () => {
  for (const { socket } of [...insiders.values(), ...sockets.values()]) socket.terminate()
  await house?.close()
})

const socketOf = (stranger: Stranger): WireSocket => {
  const socket = sockets.get(stranger)
  if (!socket) throw new Error(`${stranger} has no socket`)
  return socket
}
/** What a stranger is answered, without what is another each time. */
async function refusalOf(stranger: Stranger, field: string, id: string | undefined): Promise<object> {
  const wire = socketOf(stranger)
  const operation = `${field} ${crypto.randomUUID()}`
  wire.send(subscribe(operation, cases[field]?.query ?? '', { id }))
  await waitFor(() => framesOf(wire, operation).length > 0)
  const { type, payload } = framesOf(wire, operation)[0] as Frame
  return { type, payload: JSON.parse(JSON.stringify(payload).replace(/"errorId":"[^"]+"/, '"errorId":"…"')) }
}

const attempts = Object.entries(cases).flatMap(([field, { outcomes }]) =>
  Object.entries(outcomes).map(([stranger, outcome]) => ({ field, stranger: stranger as Stranger, outcome })),
)

it('every stream of the graph is among those that strangers try', () => {
  expect(fields.length).toBeGreaterThan(0)
  expect(Object.keys(cases).sort()).toEqual(fields)
})

it.each(attempts.filter(({ outcome }) => outcome !== 'own'))(
  '$field is refused to $stranger with $outcome, as for what is not there',
  async ({ field, stranger, outcome }) => {
    const { foreign } = cases[field] as StreamCase
    const error = {
      message: expect.any(String),
      extensions: { code: outcome, errorId: '…', retryable: false },
    }
    const answer = await refusalOf(stranger, field, idOf(foreign))
    expect(answer).toMatchObject(
      outcome === unauthorized
        ? { type: 'next', payload: { data: null, errors: [error] } }
        : { type: 'error', payload: [error] },
    )
    if (foreign) expect(await refusalOf(stranger, field, foreign.unknown)).toEqual(answer)
  },
)

it('streams that domains have for the house alone are in no schema that strangers could ask', async () => {
  const inner = streamsOf('supergraph.graphql').filter((name) => !fields.includes(name))
  expect(inner).toContain('principalChanged')
  for (const [index, name] of inner.entries()) {
    const wire = socketOf('an organizer elsewhere')
    wire.send(subscribe(`inner ${index}`, `subscription { ${name} { __typename } }`))
    await waitFor(() => framesOf(wire, `inner ${index}`).length > 0)
    expect(framesOf(wire, `inner ${index}`)).toMatchObject([
      { type: 'error', payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    ])
  }
})

it('whoever may listen hears of everything, and no stranger of anything', async () => {
  for (const [field, { query, foreign, insider, hears }] of Object.entries(cases)) {
    const wire = await introduced(house.url, secret[insider].accessToken ?? '')
    insiders.set(field, wire)
    wire.send(subscribe(field, query, { id: idOf(foreign) }))
    // This one begins with what is new; the others with how things are.
    if (field !== 'announcementPosted') await wire.until('next')
    if (hears !== null) expect(JSON.stringify(wire.frames)).not.toContain(hears)
  }
  const listening = attempts.filter(({ outcome }) => outcome === 'own')
  for (const { field, stranger } of listening) {
    const { query, foreign } = cases[field] as StreamCase
    socketOf(stranger).send(subscribe(field, query, { id: idOf(foreign) }))
    // They hear of their own meanwhile, so that silence is not deafness.
    const { query: posted } = cases.announcementPosted as StreamCase
    if (field === 'announcementPosted')
      socketOf(stranger).send(subscribe('here', posted, { id: open.eventId }))
    else await waitFor(() => framesOf(socketOf(stranger), field).length > 0)
  }

  await secret.happen()
  const isHeard = (field: string) =>
    JSON.stringify(insiders.get(field)?.frames).includes(cases[field]?.hears ?? '')
  for (const field of fields.filter((name) => name !== 'announcementPosted'))
    await waitFor(() => isHeard(field))
  await tell(secret.owner, secret.ids.event, 'Secret text.', () => isHeard('announcementPosted'))
  const here = ['a person', 'an organizer elsewhere'] as const
  for (const count of [1, 2]) {
    await tell(open.organizer, open.eventId, 'For all.', () =>
      here.every((stranger) => framesOf(socketOf(stranger), 'here').length >= count),
    )
  }

  for (const { field, stranger } of listening) {
    const items = framesOf(socketOf(stranger), field).map(({ payload }) => payload as { data: object })
    if (field === 'announcementPosted') expect([stranger, items]).toEqual([stranger, []])
    else {
      const registrationId = own[here.indexOf(stranger as (typeof here)[number])]
      for (const { data } of items)
        expect(data).toMatchObject({ registrationChanged: { id: registrationId } })
    }
  }
  for (const stranger of strangers) {
    const heard = JSON.stringify(socketOf(stranger).frames)
    for (const text of secret.secrets) expect(heard).not.toContain(text)
  }
})

/** Tells all guests of an event something, again until it is heard: streams of what is new have no first item. */
async function tell(
  organizer: SecretEvent['owner'],
  eventId: string,
  body: string,
  isHeard: () => boolean,
): Promise<void> {
  const news = { eventId, segment: { status: ['CONFIRMED', 'CHECKED_IN'] }, subject: 'News', body }
  for (let tries = 0; !isHeard() && tries < 5; tries++) {
    await organizer.mutate('sendAnnouncement', news, 'announcement { id }')
    await waitFor(isHeard, 6_000).catch(() => {})
  }
  expect(isHeard()).toBe(true)
}
