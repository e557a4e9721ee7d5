import type { Person, World } from '@guildhall/kit/testing/world'
import { act, publishedEvent, register, type SeenRegistration, statusesOf } from './support.ts'

/** An event with so many seats, and a registration of each size, in this order. */
export async function parties(world: World, seats: number, sizes: readonly number[], over: object = {}) {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization, { capacity: seats, offerHours: 2, ...over })
  const all: (SeenRegistration & { person: Person })[] = []
  for (const partySize of sizes) {
    const person = world.person()
    all.push({ person, ...(await register(person, eventId, { partySize })) })
  }
  const at = (index: number) => {
    const found = all[index]
    if (!found) throw new Error(`nobody at ${index}`)
    return found
  }
  const own = (mutation: string) => (index: number) => act(at(index).person, mutation, { id: at(index).id })
  return {
    organization,
    eventId,
    at,
    ids: all.map(({ id }) => id),
    withdraw: own('withdrawRegistration'),
    accept: own('acceptOffer'),
    decline: own('declineOffer'),
    /** One more party comes. */
    join: (partySize: number) => act(world.person(), 'registerForEvent', { eventId, partySize }),
    statuses: () => statusesOf(world, eventId),
  }
}

/** Changes the settings of a queue; the settings, or the code of the first user error. */
export async function settings(organizer: Person, input: object): Promise<unknown> {
  const { settings: changed, userErrors } = await organizer.mutate<{ settings: object | null }>(
    'updateWaitlistSettings',
    input,
    'settings { isSkipAheadAllowed maxPartySize }',
  )
  return userErrors[0]?.code ?? changed
}
