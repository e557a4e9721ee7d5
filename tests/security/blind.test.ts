import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Client } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'

/** Whoever decides without knowing on whom, must not find out on any path through the router. */
let house: RunningHouse
let organizer: Client
let eventId: string
let applicant: Client
beforeAll(async () => {
  house = await openTestHouse({ production: true })
  const made = await organizerWithEvent(house.url, { approvalMode: 'MANUAL' })
  organizer = made.organizer
  eventId = made.eventId
  applicant = await newPerson(house.url, 'Zenobia')
})
afterAll(() => house?.close())

const helper = async (name: string, role: string): Promise<Client> => {
  const person = await newPerson(house.url, name)
  await organizer.mutate(
    'grantEventRoles',
    { eventId, userId: person.userId, roles: [role] },
    'membership { id }',
  )
  return person
}

/** What an answer says, errors included; whether it is one that tells anything at all is for the test to look at. */
const said = async (person: Client, query: string, variables: object): Promise<string> => {
  const { data, errors } = await person.request(query, variables)
  return JSON.stringify({ data, errors })
}

describe('reviewing blind', () => {
  let reviewer: Client
  let registrationId: string
  beforeAll(async () => {
    reviewer = await helper('Rita', 'REVIEWER')
    const { data } = await organizer.request<{ event: { registrationForms: { id: string }[] } }>(
      'query ($id: ID!) { event(id: $id) { registrationForms { id } } }',
      { id: eventId },
    )
    const formId = data.event.registrationForms[0]?.id
    await organizer.mutate(
      'updateRegistrationForm',
      { id: formId, isReviewBlind: true },
      'registrationForm { id }',
    )
    const field = async (key: string, isIdentifying: boolean) => {
      const input = { formId, key, label: key, type: 'TEXT', isIdentifying }
      const { formField } = await organizer.mutate<{ formField: { id: string } }>(
        'addFormField',
        input,
        'formField { id }',
      )
      return formField.id
    }
    const [school, idea] = [await field('school', true), await field('idea', false)]
    const { registration } = await applicant.mutate<{ registration: { id: string } }>(
      'registerForEvent',
      {
        eventId,
        answers: [
          { fieldId: school, text: 'Palmyra Academy' },
          { fieldId: idea, text: 'A map of noise' },
        ],
      },
      'registration { id }',
    )
    registrationId = registration.id
  })

  const everything = `id number status category message tags partySize
    participant { id displayName }
    answers { label text }
    history { from to actor { id displayName } }
    ticket { secret }
    event { id title }`

  it.each([
    [
      'the list',
      `query ($event: ID!, $registration: ID!) {
        event(id: $event) { registrations { totalCount nodes { ${everything} } } }
        registration(id: $registration) { ${everything} }
      }`,
    ],
    [
      'the waitlist, the doors, those who agreed to be listed',
      `query ($event: ID!) {
        event(id: $event) {
          waitlist { nodes { ${everything} } }
          checkInLists { nodes { id } }
          attendees { nodes { user { id displayName } } }
        }
      }`,
    ],
    ['the export', 'query ($event: ID!) { registrationExport(eventId: $event) { text } }'],
  ])('%s tells neither who it is nor what gives them away', async (what, query) => {
    const [person, text] = [applicant.userId, 'Palmyra']
    const variables = { event: eventId, registration: registrationId }
    const answer = await said(reviewer, query, variables)
    expect(answer).not.toContain('GRAPHQL_VALIDATION_FAILED')
    for (const secret of [person, text, 'Zenobia']) expect(answer).not.toContain(secret)
    // Silence alone would prove nothing: what may be seen is there.
    if (what === 'the list') expect(answer).toContain('A map of noise')
    if (what === 'the export') expect(answer).toContain('"code":"FORBIDDEN"')
  })

  it('searching for what is hidden finds nothing, for what is shown finds it', async () => {
    const found = async (person: Client, search: string) => {
      const { data } = await person.request<{ event: { registrations: { totalCount: number } } }>(
        'query ($id: ID!, $search: String) { event(id: $id) { registrations(filter: { search: $search }) { totalCount } } }',
        { id: eventId, search },
      )
      return data.event.registrations.totalCount
    }
    // Answers that give somebody away are in no index at all: not even a count may tell.
    for (const person of [organizer, reviewer]) {
      expect([await found(person, 'Palmyra'), await found(person, 'noise')]).toEqual([0, 1])
    }
  })
})

describe('judging blind', () => {
  let judge: Client
  let projectId: string
  let roundId: string
  beforeAll(async () => {
    judge = await helper('Jane', 'JUDGE')
    const { data } = await organizer.request<{ event: { registrations: { nodes: { id: string }[] } } }>(
      'query ($id: ID!) { event(id: $id) { registrations { nodes { id } } } }',
      { id: eventId },
    )
    const ids = data.event.registrations.nodes.map(({ id }) => id)
    await organizer.mutate('approveRegistrations', { ids }, 'succeeded { id }')
    const { project } = await applicant.mutate<{ project: { id: string } }>(
      'createProject',
      { eventId, title: 'Quiet Streets', repositoryUrl: 'https://example.org/zenobia/quiet' },
      'project { id }',
    )
    projectId = project.id
    await applicant.mutate('submitProject', { id: projectId }, 'project { id }')
    for (const to of ['IN_PROGRESS', 'JUDGING']) {
      await organizer.mutate('transitionEvent', { id: eventId, to }, 'event { id }')
    }
    const setUp = { eventId, name: 'Final', mode: 'RUBRIC', isBlind: true, minReviewsPerProject: 1 }
    const { round } = await organizer.mutate<{ round: { id: string } }>(
      'createJudgingRound',
      setUp,
      'round { id }',
    )
    roundId = round.id
    await organizer.mutate('addJudgingCriterion', { roundId, name: 'Use' }, 'criterion { id }')
    const open = () =>
      organizer.mutate('openJudgingRound', { id: roundId }, 'round { id }').then(
        () => 'open',
        (error) => String(error),
      )
    await vi.waitUntil(async () => (await open()) === 'open', { timeout: 20_000, interval: 100 })
    await organizer.mutate('assignJudges', { roundId, strategy: 'ALL_TO_ALL' }, 'assignedCount')
    // Projects hear that a blind round is open a moment later.
    const hidden = async () =>
      await said(judge, 'query ($id: ID!) { project(id: $id) { members { user { id } } } }', {
        id: projectId,
      })
    const isHidden = async () => !(await hidden()).includes(applicant.userId)
    await vi.waitUntil(isHidden, { timeout: 20_000, interval: 100 })
  })

  const everything = `title summary
    members { role user { id displayName } }
    owner { id displayName }
    repositoryUrl demoUrl videoUrl
    history { to actor { id displayName } }
    submission { title members { user { id } } }`

  it.each([
    ['the project itself', `query ($project: ID!) { project(id: $project) { ${everything} } }`],
    [
      'lists of projects, also searched',
      `query ($event: ID!) {
        event(id: $event) { projects { nodes { ${everything} } } openTeams { nodes { id title } } }
        projects(filter: { search: "Quiet" }) { nodes { ${everything} } }
      }`,
    ],
    [
      'the round, its projects and the queue',
      `query ($round: ID!) {
        judgingRound(id: $round) {
          projects { nodes { title label project { ${everything} } scoreSheets { nodes { judge { id } } } } }
          assignments { nodes { judgedProject { title project { id } } } }
        }
        judgingQueue(roundId: $round) { judgedProject { title project { ${everything} } } }
        leaderboard(roundId: $round) { nodes { judgedProject { title project { id } } } }
      }`,
    ],
    [
      'who registered, and their projects',
      `query ($event: ID!, $person: ID!) {
        event(id: $event) { registrations { nodes { participant { id } } } attendees { nodes { user { id } } } }
        user(id: $person) { projects { title } registrations { nodes { id } } }
      }`,
    ],
  ])('%s tells a judge no name, no account and no address', async (what, query) => {
    const variables = { event: eventId, project: projectId, round: roundId, person: applicant.userId }
    const answer = await said(judge, query, variables)
    expect(answer).not.toContain('GRAPHQL_VALIDATION_FAILED')
    const secrets = [applicant.userId, 'Zenobia', 'zenobia', 'example.org']
    for (const secret of secrets) expect(answer, `${what}`).not.toContain(secret)
    if (what.startsWith('the round')) expect(answer).not.toContain(projectId)
    if (!what.startsWith('who registered')) expect(answer).toContain('Quiet Streets')
  })

  it('a refused score says nothing of them, and the progress is not for judges', async () => {
    const { data } = await judge.request<{ judgingQueue: { judgedProject: { id: string } }[] }>(
      'query ($id: ID!) { judgingQueue(roundId: $id) { judgedProject { id } } }',
      { id: roundId },
    )
    const scores = { judgedProjectId: data.judgingQueue[0]?.judgedProject.id, isFinal: true, scores: [] }
    const refused = await said(
      judge,
      'mutation ($input: SubmitScoreInput!) { submitScore(input: $input) { userErrors { code message path } } }',
      { input: scores },
    )
    for (const secret of [applicant.userId, 'Zenobia', projectId]) expect(refused).not.toContain(secret)
    const progress = judge.stream(
      'subscription ($id: ID!) { judgingProgress(roundId: $id) { __typename } }',
      {
        id: roundId,
      },
    )
    const refusal = await progress.until(() => true).catch((errors) => JSON.stringify(errors))
    expect(refusal).toContain('There is no such round.')
    await progress.close()
  })

  it('an organizer sees all of it', async () => {
    const answer = await said(
      organizer,
      `query ($project: ID!) { project(id: $project) { ${everything} } }`,
      {
        project: projectId,
      },
    )
    for (const shown of [applicant.userId, 'Zenobia', 'example.org']) expect(answer).toContain(shown)
  })
})
