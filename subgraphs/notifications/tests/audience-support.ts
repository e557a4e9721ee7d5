import type { Person, World } from '@guildhall/kit/testing/world'
import { times } from './support.ts'

/** An event with people who have a seat, of whom two make a project, and a team of the organization with two members. */
export async function eventWithPeople(world: World) {
  const owner = world.person()
  const { organization } = await owner.mutate<{ organization: { id: string } }>(
    'createOrganization',
    { name: 'Open City Lab', kind: 'INNOVATION' },
    'organization { id }',
  )
  const permissions = world.organization().as('OWNER').caller
  const grants = permissions.kind === 'user' ? Object.values(permissions.grants) : []
  const organizer = world.personWith({ ...owner.caller, grants: { [organization.id]: grants[0] } } as never)
  const start = world.clock.now().getTime() + 86_400_000
  const { event } = await organizer.mutate<{ event: { id: string } }>(
    'createEvent',
    {
      organizationId: organization.id,
      title: 'Spring Hack',
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + 86_400_000).toISOString(),
    },
    'event { id }',
  )
  await organizer.mutate('transitionEvent', { id: event.id, to: 'PUBLISHED' }, 'event { id }')
  await world.settle()
  const guests = times(4, () => world.person())
  for (const guest of guests)
    await guest.mutate('registerForEvent', { eventId: event.id }, 'registration { id }')
  await world.settle()
  const [maker, friend] = guests as [Person, Person]
  const { project } = await maker.mutate<{ project: { id: string } }>(
    'createProject',
    { eventId: event.id, title: 'Quiet Streets', summary: 'A map.' },
    'project { id }',
  )
  await maker.mutate('addProjectMember', { projectId: project.id, userId: friend.userId }, 'project { id }')
  const { team } = await organizer.mutate<{ team: { id: string } }>(
    'createTeam',
    { organizationId: organization.id, name: 'Jury' },
    'team { id }',
  )
  await organizer.mutate('addTeamMember', { teamId: team.id, userId: owner.userId }, 'teamMember { role }')
  await world.settle()
  return {
    organizer,
    organizationId: organization.id,
    eventId: event.id,
    projectId: project.id,
    teamId: team.id,
    guests,
  }
}
