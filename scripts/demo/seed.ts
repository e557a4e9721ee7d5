import postgres from 'postgres'
import { nameAdminOf } from '../helpers/name-admin.ts'
import { type DemoClient, demoClient } from './client.ts'
import { judgeEvent } from './judged-event.ts'
import { demoAnnouncements, demoEvents, type PersonName, people } from './world.ts'

type Id = { id: string }

/**
 * Writes a small believable world, once: through the API like everybody else, so that it can never hold anything that
 * the API would refuse. A database that already has people is left alone.
 */
export async function seedDemoData(
  url: string,
  databaseUrl: string,
  say: (line: string) => void,
): Promise<void> {
  if (!(await isEmpty(databaseUrl))) return
  say('writing the demo world')
  const login = async (name: PersonName) => demoClient(url, databaseUrl, people[name])
  const [ada, grace, alan, hedy, linus, mary] = await Promise.all([
    login('ada'),
    login('grace'),
    login('alan'),
    login('hedy'),
    login('linus'),
    login('mary'),
  ])

  await nameAdminOf(databaseUrl, people.ada.email)

  const organizationId = await found(ada, 'Open City Lab', 'INNOVATION')
  await join(ada, organizationId, mary, people.mary.email, 'ORGANIZER')
  await formCrew(ada, organizationId, mary)
  const workshopId = await found(linus, 'Makers at the Market', 'MAKERSPACE')

  const plans = demoEvents(new Date())
  const seriesId = await beginSeries(ada, organizationId)
  const hackathon = await publish(ada, { organizationId, seriesId, ...plans.hackathon })
  await setStakes(ada, hackathon)
  const jam = await publish(ada, { organizationId, seriesId, ...plans.jam })
  await ada.mutate('transitionEvent', { id: jam, to: 'IN_PROGRESS' }, 'event { id }')
  await ada.mutate('cloneEvent', { id: hackathon, startsAt: plans.nextYear }, 'event { id }')
  const hackNight = await publish(ada, { organizationId, ...plans.hackNight })
  await judgeEvent(ada, hackNight, [linus, mary], [grace, hedy])
  const workshop = await publish(linus, { organizationId: workshopId, ...plans.workshop })
  await ada.mutate('createEvent', { organizationId, ...plans.draft }, 'event { id }')

  const registrations = []
  for (const guest of [grace, alan, hedy, linus]) registrations.push(await register(guest, hackathon))
  for (const guest of [grace, alan, mary]) await register(guest, workshop)
  for (const id of registrations) await ada.mutate('approveRegistration', { id }, 'registration { id }')

  const { project } = await alan.mutate<{ project: Id }>(
    'createProject',
    { eventId: hackathon, title: 'Quiet Streets', summary: 'A map of where the city sleeps well.' },
    'project { id }',
  )
  await alan.mutate('addProjectMember', { projectId: project.id, userId: grace.userId }, 'project { id }')
  await announce(ada, hackathon)
}

async function isEmpty(databaseUrl: string): Promise<boolean> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    return (await sql`select 1 from identity.user limit 1`).length === 0
  } finally {
    await sql.end()
  }
}

async function found(founder: DemoClient, name: string, kind: string): Promise<string> {
  const { organization } = await founder.mutate<{ organization: Id }>(
    'createOrganization',
    { name, kind },
    'organization { id }',
  )
  return organization.id
}

async function join(
  host: DemoClient,
  organizationId: string,
  guest: DemoClient,
  email: string,
  role: string,
) {
  const { token } = await host.mutate<{ token: string }>(
    'inviteMember',
    { organizationId, email, role },
    'token',
  )
  await guest.mutate('acceptInvitation', { token }, 'member { id }')
}

/** A team, and a role of the organization's own that all of it holds. */
async function formCrew(owner: DemoClient, organizationId: string, lead: DemoClient) {
  const { team } = await owner.mutate<{ team: Id }>(
    'createTeam',
    { organizationId, name: 'Jury', description: 'Looks at every project and picks the winners.' },
    'team { id }',
  )
  await owner.mutate(
    'addTeamMember',
    { teamId: team.id, userId: lead.userId, role: 'LEAD' },
    'teamMember { role }',
  )
  const { customRole } = await owner.mutate<{ customRole: Id }>(
    'createRole',
    { organizationId, name: 'Judge', permissions: ['participants:review', 'projects:manage'] },
    'customRole { id }',
  )
  const grant = { organizationId, teamId: team.id, customRoleId: customRole.id }
  await owner.mutate('grantRole', grant, 'roleBinding { id }')
}

/** One announcement that is sent, one whose time will come, and one that is still being written. */
async function announce(organizer: DemoClient, eventId: string) {
  const { sent, scheduled, draft } = demoAnnouncements
  await organizer.mutate('sendAnnouncement', { eventId, ...sent }, 'announcement { id }')
  const { announcement } = await organizer.mutate<{ announcement: Id }>(
    'draftAnnouncement',
    { eventId, ...scheduled },
    'announcement { id }',
  )
  const at = demoEvents(new Date()).eveOfHackathon
  await organizer.mutate('scheduleAnnouncement', { id: announcement.id, at }, 'announcement { id }')
  await organizer.mutate('draftAnnouncement', { eventId, ...draft }, 'announcement { id }')
}

async function publish(organizer: DemoClient, event: object): Promise<string> {
  const drafted = await organizer.mutate<{ event: Id }>('createEvent', event, 'event { id }')
  const { id } = drafted.event
  await organizer.mutate('transitionEvent', { id, to: 'PUBLISHED' }, 'event { id }')
  return id
}

async function beginSeries(organizer: DemoClient, organizationId: string): Promise<string> {
  const { series } = await organizer.mutate<{ series: Id }>(
    'createEventSeries',
    { organizationId, title: 'Open City' },
    'series { id }',
  )
  return series.id
}

/** In what projects compete, what for, and who is told to be on time. */
async function setStakes(organizer: DemoClient, eventId: string): Promise<void> {
  const addTrack = (name: string, description: string) =>
    organizer.mutate<{ track: Id }>('addEventTrack', { eventId, name, description }, 'track { id }')
  const { track } = await addTrack('Mobility', 'How people get about.')
  await addTrack('Public space', 'Where people meet.')
  const addPrize = (prize: object) => organizer.mutate('addEventPrize', { eventId, ...prize }, 'prize { id }')
  await addPrize({ name: 'City prize', amount: { amount: '2500', currency: 'CHF' } })
  await addPrize({ name: 'A year of bicycles', trackId: track.id })
  await organizer.mutate(
    'addEventReminder',
    { eventId, anchor: 'STARTS_AT', offsetMinutes: -24 * 60, message: 'Doors open at nine.' },
    'reminder { id }',
  )
}

async function register(guest: DemoClient, eventId: string): Promise<string> {
  const { registration } = await guest.mutate<{ registration: Id }>(
    'registerForEvent',
    { eventId },
    'registration { id }',
  )
  return registration.id
}
