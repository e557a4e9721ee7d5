import { newId } from '@guildhall/kit/ids'
import type { TestOrganization, World } from '@guildhall/kit/testing/world'
import { drafted } from './support.ts'

/** What becomes of events, as far as the draws of a test decide. */
const paths = [
  [],
  ['PUBLISHED'],
  ['PUBLISHED', 'DRAFT', 'PUBLISHED'],
  ['PUBLISHED', 'DRAFT', 'PUBLISHED', 'IN_PROGRESS'],
  ['PUBLISHED', 'IN_PROGRESS', 'JUDGING', 'IN_PROGRESS', 'JUDGING'],
  ['PUBLISHED', 'IN_PROGRESS', 'CANCELLED'],
  ['PUBLISHED', 'CANCELLED', 'ARCHIVED'],
]
const roles = ['ORGANIZER', 'REVIEWER', 'JUDGE', 'MENTOR']

/**
 * Events that are drafted, changed, published, taken back, called off; and people who are given roles in them and lose
 * some. @param random decides what happens to which of them.
 */
export async function livelyEvents(
  world: World,
  organization: TestOrganization,
  count: number,
  random: () => number,
): Promise<string[]> {
  const owner = organization.as('OWNER')
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const did = async <Payload = object>(mutation: string, input: object, selection: string) => {
    const { userErrors, ...payload } = await owner.mutate<object>(
      mutation,
      { ...input, idempotencyKey: newId('key') },
      selection,
    )
    if (userErrors.length > 0) throw new Error(`${mutation}: ${JSON.stringify(userErrors)}`)
    return payload as Payload
  }
  const people = Array.from({ length: 3 }, () => world.person().userId)
  const ids: string[] = []
  for (let no = 0; no < count; no++) {
    const { id } = await drafted(world, owner, organization, { title: `Event ${no}` })
    ids.push(id)
    const change = async (times: number) => {
      for (let again = 0; again < times; again++) {
        const title = `Event ${no} ${Math.floor(random() * 1_000)}`
        await did('updateEvent', { id, title, capacity: 10 + Math.floor(random() * 90) }, 'event { id }')
      }
    }
    const give = async (times: number) => {
      for (let again = 0; again < times; again++) {
        const { membership } = await did<{ membership: { id: string } }>(
          'grantEventRoles',
          { eventId: id, userId: pick(people), roles: [pick(roles)] },
          'membership { id }',
        )
        if (random() < 0.4) continue
        const taken = random() < 0.5 ? roles : [pick(roles)]
        await did('revokeEventRoles', { membershipId: membership.id, roles: taken }, 'membership { id }')
      }
    }
    await change(Math.floor(random() * 4))
    for (const to of pick(paths)) {
      await did('transitionEvent', { id, to, reason: 'Because.' }, 'event { id }')
      await give(Math.floor(random() * 3))
      if (to === 'PUBLISHED') await change(Math.floor(random() * 3))
    }
    await give(3)
  }
  await world.settle()
  return ids
}
