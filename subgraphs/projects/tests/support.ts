import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'
import { asc, eq } from 'drizzle-orm'
import { outbox, projectMembers, projects, projectTransitions } from '../tables.ts'

export const hourMs = 3_600_000

/** The domains that a team has to do with. */
export const domains = ['events', 'judging', 'participants', 'projects']

/** A published event that starts in a week and lasts a day; everybody has heard of it. */
export async function publishedEvent(
  world: World,
  organization: TestOrganization,
  over: object = {},
): Promise<string> {
  const start = world.clock.now().getTime() + 7 * 24 * hourMs
  const { event, userErrors } = await organization.as('ORGANIZER').mutate<{ event: { id: string } }>(
    'createEvent',
    {
      organizationId: organization.id,
      title: 'Spring Hack',
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + 24 * hourMs).toISOString(),
      ...over,
    },
    'event { id }',
  )
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  await transition(world, organization, event.id, 'PUBLISHED')
  return event.id
}

/** Moves an event along, one status after the other, and waits until everybody has heard of it. */
export async function transition(
  world: World,
  organization: TestOrganization,
  id: string,
  ...path: string[]
): Promise<void> {
  for (const to of path) await announce(organization, id, to)
  await world.settle()
}

/** Moves an event without waiting for anybody to hear of it. */
export async function announce(organization: TestOrganization, id: string, to: string): Promise<void> {
  const { userErrors } = await organization
    .as('ORGANIZER')
    .mutate('transitionEvent', { id, to, reason: 'Because.' }, 'event { id }')
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
}

export async function updateEvent(
  world: World,
  organization: TestOrganization,
  id: string,
  changes: object,
): Promise<void> {
  const { userErrors } = await organization
    .as('ORGANIZER')
    .mutate('updateEvent', { id, ...changes }, 'event { id }')
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  await world.settle()
}

/** Gives a person, or a new one, a seat in an event. */
export async function guestOf(world: World, eventId: string, person = world.person()): Promise<Person> {
  const { userErrors } = await person.mutate('registerForEvent', { eventId }, 'registration { id }')
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  return person
}

export interface SeenProject {
  id: string
  status: string
  version: number
}

/** Starts a project. */
export async function start(person: Person, input: object): Promise<SeenProject> {
  const { project, userErrors } = await person.mutate<{ project: SeenProject }>(
    'createProject',
    { title: 'Solar Oven', ...input },
    'project { id status version }',
  )
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  return project
}

/** A new event with one team. */
export async function team(world: World, { size = 1, event = {} }: { size?: number; event?: object } = {}) {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization, event)
  const owner = await guestOf(world, eventId)
  const { id } = await start(owner, { eventId })
  const members: Person[] = []
  for (let n = 1; n < size; n++) {
    const member = await guestOf(world, eventId)
    await act(owner, 'addProjectMember', { projectId: id, userId: member.userId })
    members.push(member)
  }
  return { organization, eventId, owner, members, id }
}

/** The status that was reached, or else the first code that was said; GONE when the caller no longer sees the project. */
export async function act(person: Person, mutation: string, input: object): Promise<string> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  const { data, errors } = await person.run<Record<
    string,
    { project: { status: string } | null; userErrors: { code: string }[] }
  > | null>(
    `mutation ($input: ${type}) { ${mutation}(input: $input) { project { id status } userErrors { code } } }`,
    { input },
  )
  const payload = data?.[mutation]
  return errors[0]?.code ?? payload?.userErrors[0]?.code ?? payload?.project?.status ?? 'GONE'
}

/** All that a refusal must leave as it is. */
export async function everything(world: World) {
  await world.settle()
  return {
    projects: await world.rows(projects),
    members: await world.rows(projectMembers),
    transitions: await world.rows(projectTransitions),
    published: (await world.rows(outbox)).map(({ id }) => id),
  }
}

export async function projectOf(world: World, id: string) {
  const [row] = await world.rows(projects, eq(projects.id, id))
  if (!row) throw new Error(`no project ${id}`)
  return row
}

/** The team as the database has it, whoever came first on top. */
export const placesOf = (world: World, projectId: string) =>
  world.host.database.db
    .select()
    .from(projectMembers)
    .where(eq(projectMembers.projectId, projectId))
    .orderBy(asc(projectMembers.joinedAt), asc(projectMembers.id))

/** What was told of one project. */
export const about =
  (id: string) =>
  ({ projectId }: { projectId: string }): boolean =>
    projectId === id

/** Holds what `lock` locks while `work` runs into it, and lets go when `meanwhile` is over. */
export async function whileLocked<T>(
  world: World,
  lock: (sql: World['host']['database']['sql']) => Promise<unknown>,
  work: () => Promise<T>,
  meanwhile: () => Promise<unknown>,
): Promise<T> {
  let running: Promise<T> | undefined
  await world.host.database.background
    .begin(async (tx) => {
      await lock(tx as unknown as World['host']['database']['sql'])
      running = work()
      await meanwhile()
      throw new Error('undo')
    })
    .catch((error: Error) => {
      if (error.message !== 'undo') throw error
    })
  if (!running) throw new Error('did not run')
  return running
}
