import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import {
  assignments,
  ballotChoices,
  ballots,
  conflicts,
  judgedProjects,
  outbox,
  results,
  rounds,
  scores,
  sheets,
  votes,
} from '../tables.ts'

export const hourMs = 3_600_000

/** The domains that judging has to do with. */
export const domains = ['events', 'judging', 'participants', 'projects']

/** An event that is being judged, with its judges and what was handed in. */
export interface Stage {
  organization: TestOrganization
  manager: Person
  eventId: string
  judges: Person[]
  teams: { owner: Person; projectId: string }[]
  trackIds: string[]
}

interface StagePlan {
  judges?: number
  projects?: number
  tracks?: string[]
  /** Which track each project runs in, by number. */
  trackOf?: (index: number) => number | null
}

/** Brings an event to where it is judged. */
export async function stage(
  world: World,
  { judges = 3, projects = 4, tracks = [], trackOf = () => null }: StagePlan = {},
): Promise<Stage> {
  const organization = world.organization()
  const manager = organization.as('ORGANIZER')
  const start = world.clock.now().getTime() + 24 * hourMs
  const { event } = await did<{ event: { id: string } }>(
    manager,
    'createEvent',
    {
      organizationId: organization.id,
      title: 'Spring Hack',
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + 48 * hourMs).toISOString(),
    },
    'event { id }',
  )
  const eventId = event.id
  const trackIds: string[] = []
  for (const name of tracks) {
    const { track } = await did<{ track: { id: string } }>(
      manager,
      'addEventTrack',
      { eventId, name },
      'track { id }',
    )
    trackIds.push(track.id)
  }
  await move(manager, eventId, 'PUBLISHED')
  await world.settle()
  const people = Array.from({ length: judges }, () => world.person())
  for (const person of people) await grant(manager, eventId, person.userId, 'JUDGE')
  const teams: Stage['teams'] = []
  for (let index = 0; index < projects; index++) {
    const owner = world.person()
    await did(owner, 'registerForEvent', { eventId }, 'registration { id }')
    const trackId = trackIds[trackOf(index) ?? -1]
    const { project } = await did<{ project: { id: string } }>(
      owner,
      'createProject',
      {
        eventId,
        title: `Entry ${index}`,
        summary: `What entry ${index} is about.`,
        ...(trackId ? { trackIds: [trackId] } : {}),
      },
      'project { id }',
    )
    await did(owner, 'submitProject', { id: project.id }, 'project { id }')
    teams.push({ owner, projectId: project.id })
  }
  await move(manager, eventId, 'IN_PROGRESS')
  await move(manager, eventId, 'JUDGING')
  await world.settle()
  return { organization, manager, eventId, judges: people, teams, trackIds }
}

export const move = (manager: Person, id: string, to: string) =>
  did(manager, 'transitionEvent', { id, to, reason: 'Because.' }, 'event { id }')

export const grant = (manager: Person, eventId: string, userId: string, role: string) =>
  did<{ membership: { id: string } }>(
    manager,
    'grantEventRoles',
    { eventId, userId, roles: [role] },
    'membership { id }',
  )

/** Runs a mutation that must succeed. */
export async function did<Payload>(
  person: Person,
  mutation: string,
  input: object,
  selection: string,
): Promise<Payload> {
  const { userErrors, ...payload } = await person.mutate<Record<string, unknown>>(mutation, input, selection)
  if (userErrors.length > 0) throw new Error(`${mutation}: ${JSON.stringify(userErrors)}`)
  return payload as Payload
}

/** What was said to a mutation: OK, or else the first code. */
export async function said(person: Person, mutation: string, input: object): Promise<string> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  const { data, errors } = await person.run<Record<string, { userErrors: { code: string }[] }> | null>(
    `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { code } } }`,
    { input },
  )
  return errors[0]?.code ?? data?.[mutation]?.userErrors[0]?.code ?? 'OK'
}

/** Drafts a round; one with a rubric has one criterion from 0 to 10. */
export async function draftRound(
  { manager, eventId }: Pick<Stage, 'manager' | 'eventId'>,
  over: object = {},
): Promise<{ roundId: string; criterionId: string }> {
  const { round } = await did<{ round: { id: string; mode: string } }>(
    manager,
    'createJudgingRound',
    { eventId, name: 'First round', mode: 'RUBRIC', minReviewsPerProject: 2, ...over },
    'round { id mode }',
  )
  if (round.mode !== 'RUBRIC') return { roundId: round.id, criterionId: '' }
  const { criterion } = await did<{ criterion: { id: string } }>(
    manager,
    'addJudgingCriterion',
    { roundId: round.id, name: 'Novelty' },
    'criterion { id }',
  )
  return { roundId: round.id, criterionId: criterion.id }
}

/** A round that is open; with a rubric, every judge has every project. */
export async function openRound(on: Stage, over: object = {}) {
  const drafted = await draftRound(on, over)
  if (drafted.criterionId !== '') {
    await did(
      on.manager,
      'assignJudges',
      { roundId: drafted.roundId, strategy: 'ALL_TO_ALL' },
      'round { id }',
    )
  }
  await did(on.manager, 'openJudgingRound', { id: drafted.roundId }, 'round { id }')
  return drafted
}

/** The candidates of a round, in the order of the teams that handed them in. */
export async function candidatesOf(world: World, on: Stage, roundId: string): Promise<string[]> {
  const rows = await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId))
  const byProject = new Map(rows.map((row) => [row.projectId, row.id]))
  return on.teams.flatMap(({ projectId }) => byProject.get(projectId) ?? [])
}

/** Sends a final sheet with one score. */
export const score = (
  judge: Person | undefined,
  judgedProjectId: string | undefined,
  criterionId: string,
  value: number,
  over: object = {},
) =>
  said(the(judge), 'submitScore', {
    judgedProjectId: the(judgedProjectId),
    scores: [{ criterionId, value }],
    isFinal: true,
    ...over,
  })

/** What must be there. */
export function the<T>(thing: T | null | undefined): T {
  if (thing === null || thing === undefined) throw new Error('there is none')
  return thing
}

/** What was told of one round. */
export const ofRound =
  (id: string) =>
  ({ roundId }: { roundId: string }): boolean =>
    roundId === id

/** All that a refusal must leave as it is. */
export async function everything(world: World) {
  await world.settle()
  return {
    rounds: await world.rows(rounds),
    candidates: await world.rows(judgedProjects),
    assignments: await world.rows(assignments),
    conflicts: await world.rows(conflicts),
    sheets: await world.rows(sheets),
    scores: await world.rows(scores),
    votes: await world.rows(votes),
    results: await world.rows(results),
    ballots: [await world.rows(ballots), await world.rows(ballotChoices)],
    published: (await world.rows(outbox)).map(({ id }) => id),
  }
}
