import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'

/** A valid draft; starts in thirty days by the world's clock. */
export function draftOf(world: World, organization: TestOrganization, changes: object = {}) {
  const day = 86_400_000
  const start = world.clock.now().getTime() + 30 * day
  return {
    organizationId: organization.id,
    title: 'Spring Hack',
    kind: 'HACKATHON',
    timezone: 'Europe/Zurich',
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + 2 * day).toISOString(),
    ...changes,
  }
}

/** An event as these tests look at it. */
export interface SeenEvent {
  id: string
  title: string
  status: string
  version: number
}

export const selection = 'event { id title status version }'

/** Drafts an event. */
export async function drafted(
  world: World,
  organizer: Person,
  organization: TestOrganization,
  changes: object = {},
): Promise<SeenEvent> {
  const draft = draftOf(world, organization, changes)
  const { event } = await organizer.mutate<{ event: SeenEvent }>('createEvent', draft, selection)
  return event
}

/** Drafts and publishes an event. */
export async function published(
  world: World,
  organizer: Person,
  organization: TestOrganization,
  changes: object = {},
): Promise<SeenEvent> {
  const { id } = await drafted(world, organizer, organization, changes)
  const { event } = await organizer.mutate<{ event: SeenEvent }>(
    'transitionEvent',
    { id, to: 'PUBLISHED' },
    selection,
  )
  return event
}
