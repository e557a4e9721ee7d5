import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Client } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'

/** The story of a hackathon from the first seat to the prize, with everybody who is told no on the way. */
let house: RunningHouse
let ada: Client
let eventId: string
let roundId: string
const people = new Map<string, Client>()
const registrationIds = new Map<string, string>()
const projectIds = new Map<string, string>()

beforeAll(async () => {
  house = await openTestHouse()
  const names = ['Grace', 'Alan', 'Hedy', 'Karl', 'Larry', 'Rita', 'Sam', 'Jane', 'Jim', 'Otto']
  for (const name of names) people.set(name, await newPerson(house.url, name))
})
afterAll(() => house?.close())

const who = (name: string): Client => {
  const person = people.get(name)
  if (!person) throw new Error(`${name} is not in this story`)
  return person
}
const of = (ids: Map<string, string>, name: string): string => {
  const id = ids.get(name)
  if (!id) throw new Error(`${name} has none`)
  return id
}
const idsOf = (...names: string[]) => names.map((name) => of(registrationIds, name))

/** The codes with which a mutation is refused, in the payload or at the door. */
async function refusals(person: Client, mutation: string, input: object): Promise<string[]> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  const { data, errors } = await person.request<Record<
    string,
    { userErrors: { code: string }[] } | null
  > | null>(`mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { code } } }`, { input })
  return [
    ...errors.map(({ extensions }) => extensions.code),
    ...(data?.[mutation]?.userErrors ?? []).map(({ code }) => code),
  ]
}

const ask = async <Data>(person: Client, selection: string, id = eventId): Promise<Data> => {
  const { data, errors } = await person.request<{ node: Data }>(`query ($id: ID!) { node: ${selection} }`, {
    id,
  })
  expect(errors).toEqual([])
  return data.node
}

const statusOf = async (name: string) =>
  (await ask<{ status: string }>(who(name), 'registration(id: $id) { status }', of(registrationIds, name)))
    .status

it('Ada puts a hackathon for three on the calendar, with a track, a prize, and people who help', async () => {
  const made = await organizerWithEvent(house.url, { capacity: 3, approvalMode: 'MANUAL', maxTeamSize: 2 })
  ada = made.organizer
  eventId = made.eventId
  await ada.mutate('addEventTrack', { eventId, name: 'Noise' }, 'track { id }')
  await ada.mutate(
    'addEventPrize',
    { eventId, name: 'First prize', amount: { amount: '1000.00', currency: 'CHF' } },
    'prize { id }',
  )
  const helpers = { Rita: 'REVIEWER', Sam: 'CHECKIN_STAFF', Jane: 'JUDGE', Jim: 'JUDGE' }
  for (const [name, role] of Object.entries(helpers)) {
    const input = { eventId, userId: who(name).userId, roles: [role] }
    await ada.mutate('grantEventRoles', input, 'membership { id }')
  }
  expect(await ask(ada, 'event(id: $id) { status tracks { name } prizes { name } myRoles }')).toEqual({
    status: 'PUBLISHED',
    tracks: [{ name: 'Noise' }],
    prizes: [{ name: 'First prize' }],
    myRoles: ['OWNER'],
  })
})

it('neither who organizes elsewhere nor who judges here may touch it', async () => {
  const { organizer } = await organizerWithEvent(house.url)
  people.set('Otto', organizer)
  for (const name of ['Otto', 'Jane', 'Sam']) {
    const cancel = { id: eventId, to: 'CANCELLED', reason: 'Because.' }
    expect(await refusals(who(name), 'transitionEvent', cancel), `${name}`).toEqual(['FORBIDDEN'])
  }
})

it('four ask for a seat, and Rita decides on all of them before anybody is told', async () => {
  for (const name of ['Grace', 'Alan', 'Hedy', 'Karl']) {
    const { registration } = await who(name).mutate<{ registration: { id: string } }>(
      'registerForEvent',
      { eventId },
      'registration { id }',
    )
    registrationIds.set(name, registration.id)
  }
  const stage = { ids: idsOf('Grace', 'Alan', 'Hedy'), decision: 'CONFIRM' }
  const reply = 'succeeded { id } failed { code }'
  const byJane = await who('Jane').mutate<{ failed: { code: string }[] }>('stageDecisions', stage, reply)
  expect(byJane).toMatchObject({ succeeded: [], failed: Array(3).fill({ code: 'NOT_FOUND' }) })
  await who('Rita').mutate('stageDecisions', stage, reply)
  await who('Rita').mutate('stageDecisions', { ids: idsOf('Karl'), decision: 'WAITLIST' }, reply)
  expect(await statusOf('Grace')).toBe('PENDING_APPROVAL')
})

it('released at once by Ada, three have a seat and Karl waits', async () => {
  expect(await refusals(who('Rita'), 'releaseStagedDecisions', { eventId })).toEqual(['FORBIDDEN'])
  await ada.mutate('releaseStagedDecisions', { eventId }, 'release { id }')
  await expect.poll(() => statusOf('Karl'), { timeout: 20_000 }).toBe('WAITLISTED')
  for (const name of ['Grace', 'Alan', 'Hedy']) expect(await statusOf(name)).toBe('CONFIRMED')
})

it('at the door Sam lets each ticket pass once', async () => {
  const { checkInList } = await ada.mutate<{ checkInList: { id: string } }>(
    'createCheckInList',
    { eventId, name: 'Main door' },
    'checkInList { id }',
  )
  const { ticket } = await ask<{ ticket: { secret: string } }>(
    who('Grace'),
    'registration(id: $id) { ticket { secret } }',
    of(registrationIds, 'Grace'),
  )
  const scan = (nonce: string) => ({ listId: checkInList.id, secret: ticket.secret, deviceId: 'door', nonce })
  expect(await refusals(who('Jane'), 'checkIn', scan('by a judge'))).not.toEqual([])
  expect(await refusals(who('Sam'), 'checkIn', scan('first'))).toEqual([])
  expect(await refusals(who('Sam'), 'checkIn', scan('first'))).toEqual([])
  expect(await refusals(who('Sam'), 'checkIn', scan('second'))).toEqual(['ALREADY_REDEEMED'])
  expect(await statusOf('Grace')).toBe('CHECKED_IN')
  const kept = 'registration(id: $id) { ticket { secret } }'
  expect(await ask(ada, kept, of(registrationIds, 'Grace'))).toEqual({ ticket: null })
})

it('Grace and Alan make a team by its code; it is full for Hedy, and no place for who only waits', async () => {
  const { project } = await who('Grace').mutate<{ project: { id: string; joinCode: string } }>(
    'createProject',
    { eventId, title: 'Quiet Streets', summary: 'A map of noise.' },
    'project { id joinCode }',
  )
  projectIds.set('Grace', project.id)
  expect(await refusals(who('Karl'), 'joinTeam', { code: project.joinCode })).toEqual(['NOT_A_PARTICIPANT'])
  expect(await refusals(who('Alan'), 'joinTeam', { code: project.joinCode })).toEqual([])
  expect(await refusals(who('Hedy'), 'joinTeam', { code: project.joinCode })).toEqual(['TEAM_FULL'])
  expect(await refusals(who('Hedy'), 'joinTeam', { code: 'WRNG-WRNG-WR' })).toEqual(['INVALID_JOIN_CODE'])
  const alone = await who('Hedy').mutate<{ project: { id: string } }>(
    'createProject',
    { eventId, title: 'Loud Streets' },
    'project { id }',
  )
  projectIds.set('Hedy', alone.project.id)
})

it('Grace hands in in time; Hedy is late, and is given an hour', async () => {
  expect(await refusals(who('Grace'), 'submitProject', { id: of(projectIds, 'Grace') })).toEqual([])
  const past = new Date(Date.now() - 60_000).toISOString()
  await ada.mutate('updateEvent', { id: eventId, submissionDeadline: past }, 'event { id }')
  const late = { id: of(projectIds, 'Hedy') }
  const steps = () => ask(who('Hedy'), 'project(id: $id) { availableTransitions { to blockedBy } }', late.id)
  await expect
    .poll(steps, { timeout: 20_000 })
    .toMatchObject({ availableTransitions: [{ to: 'SUBMITTED', blockedBy: ['SUBMISSION_CLOSED'] }, {}] })
  expect(await refusals(who('Hedy'), 'submitProject', late)).toEqual(['SUBMISSION_CLOSED'])
  const closesAt = new Date(Date.now() + 3_600_000).toISOString()
  const hour = { projectId: late.id, closesAt, reason: 'The network was down.' }
  expect(await refusals(who('Hedy'), 'grantExtension', hour)).toEqual(['FORBIDDEN'])
  expect(await refusals(ada, 'grantExtension', hour)).toEqual([])
  expect(await refusals(who('Hedy'), 'submitProject', late)).toEqual([])
})

it('two judges score what they see, and do not see whose it is', async () => {
  await ada.mutate('transitionEvent', { id: eventId, to: 'IN_PROGRESS' }, 'event { id }')
  await ada.mutate('transitionEvent', { id: eventId, to: 'JUDGING' }, 'event { id }')
  const setUp = { eventId, name: 'Final', mode: 'RUBRIC', isBlind: true, minReviewsPerProject: 2 }
  const { round } = await ada.mutate<{ round: { id: string } }>('createJudgingRound', setUp, 'round { id }')
  roundId = round.id
  const { criterion } = await ada.mutate<{ criterion: { id: string } }>(
    'addJudgingCriterion',
    { roundId, name: 'Use' },
    'criterion { id }',
  )
  await expect.poll(() => refusals(ada, 'openJudgingRound', { id: roundId }), { timeout: 20_000 }).toEqual([])
  await ada.mutate('assignJudges', { roundId, strategy: 'ALL_TO_ALL' }, 'assignedCount')
  const points: Record<string, number[]> = { Jane: [9, 5], Jim: [8, 6] }
  for (const [name, [quiet, loud]] of Object.entries(points)) {
    const queue = await ask<{ judgedProject: { id: string; title: string; project: object | null } }[]>(
      who(name),
      'judgingQueue(roundId: $id) { judgedProject { id title project { id members { user { id } } } } }',
      roundId,
    )
    expect(queue.map(({ judgedProject }) => judgedProject.project)).toEqual([null, null])
    for (const { judgedProject } of queue) {
      const value = judgedProject.title === 'Quiet Streets' ? quiet : loud
      const sheet = { judgedProjectId: judgedProject.id, isFinal: true }
      const scores = (n?: number) => ({ ...sheet, scores: [{ criterionId: criterion.id, value: n }] })
      expect(await refusals(who(name), 'submitScore', scores(11))).toEqual(['SCORE_OUT_OF_RANGE'])
      expect(await refusals(who(name), 'submitScore', scores(value))).toEqual([])
      expect(await refusals(who('Grace'), 'submitScore', scores(10))).not.toEqual([])
    }
  }
})

it('nothing is over before the round is closed, and nobody knows before it is published', async () => {
  expect(await refusals(ada, 'transitionEvent', { id: eventId, to: 'COMPLETED' })).toEqual(['ROUNDS_OPEN'])
  await ada.mutate('closeJudgingRound', { id: roundId }, 'round { id }')
  const places = 'leaderboard(roundId: $id) { nodes { place rawScore judgedProject { title } } }'
  expect(await ask(who('Grace'), places, roundId)).toBeNull()
  await ada.mutate('publishResults', { roundId }, 'round { id }')
  expect(await ask(who('Grace'), places, roundId)).toEqual({
    nodes: [
      { place: 1, rawScore: 85, judgedProject: { title: 'Quiet Streets' } },
      { place: 2, rawScore: 55, judgedProject: { title: 'Loud Streets' } },
    ],
  })
})

it('Grace and Alan have won, the event is over, and Larry is too late for anything', async () => {
  const outcome = 'project(id: $id) { status members { user { displayName } } }'
  await expect
    .poll(() => ask(who('Larry'), outcome, of(projectIds, 'Grace')), { timeout: 20_000 })
    .toEqual({
      status: 'WINNER',
      members: [{ user: { displayName: 'Grace' } }, { user: { displayName: 'Alan' } }],
    })
  await ada.mutate('transitionEvent', { id: eventId, to: 'COMPLETED' }, 'event { id }')
  expect(await refusals(who('Larry'), 'registerForEvent', { eventId })).toEqual(['REGISTRATION_CLOSED'])
})
