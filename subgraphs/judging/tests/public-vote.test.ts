import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ballotChoices, ballots } from '../tables.ts'
import { did, domains, everything, hourMs, type Stage, said, stage, the } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const at = (hours: number) => new Date(world.clock.now().getTime() + hours * hourMs).toISOString()

/** An event with a vote that is open for an hour. */
async function voting(over: object = {}): Promise<Stage> {
  const on = await stage(world, { judges: 0, projects: 3 })
  const input = {
    eventId: on.eventId,
    electorate: 'ANYONE',
    choiceLimit: 2,
    opensAt: at(-1),
    closesAt: at(1),
    ...over,
  }
  await did(on.manager, 'setPublicVote', input, 'publicVote { isOpen }')
  return on
}

const vote = ({ eventId, teams }: Stage, person: Person, ...choices: number[]) =>
  said(person, 'castPublicVote', { eventId, projectIds: choices.map((index) => the(teams[index]).projectId) })

const countsFor = async (on: Stage, person: Person) => {
  const event = await person.entity<{
    publicVoteCounts: { voteCount: number; project: { id: string } }[] | null
  }>('judging', 'Event', on.eventId, 'publicVoteCounts { voteCount project { id } }')
  return event?.publicVoteCounts?.map(({ voteCount, project }) => [
    on.teams.findIndex(({ projectId }) => projectId === project.id),
    voteCount,
  ])
}

describe('the public', () => {
  it('votes with one ballot each, which another replaces; counts are for managers until it is over', async () => {
    const on = await voting()
    const voters = Array.from({ length: 3 }, () => world.person())
    const [first, second, third] = voters
    expect(await vote(on, the(first), 0)).toBe('OK')
    expect(await vote(on, the(first), 0, 1)).toBe('OK')
    expect(await vote(on, the(second), 1)).toBe('OK')
    expect(await vote(on, the(third))).toBe('OK')
    expect(await world.rows(ballots, eq(ballots.eventId, on.eventId))).toHaveLength(3)
    expect([await countsFor(on, the(first)), await countsFor(on, on.manager)]).toEqual([
      undefined,
      [
        [1, 2],
        [0, 1],
      ],
    ])
    const seen = await the(first).entity(
      'judging',
      'Event',
      on.eventId,
      'publicVote { isOpen ownBallot { projects { id } } }',
    )
    expect(seen).toEqual({
      publicVote: {
        isOpen: true,
        ownBallot: { projects: on.teams.slice(0, 2).map(({ projectId }) => ({ id: projectId })) },
      },
    })
    const now = world.clock.now()
    world.clock.advance(hourMs)
    expect(await vote(on, the(first), 2)).toBe('VOTE_NOT_OPEN')
    expect(await countsFor(on, world.anonymous)).toEqual([
      [1, 2],
      [0, 1],
    ])
    world.clock.set(now)
  })

  it('has one ballot of a person who sends twenty at once', async () => {
    const on = await voting()
    const person = world.person()
    const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => vote(on, person, index % 3)))
    expect(replies).toEqual(Array(20).fill('OK'))
    const cast = await world.rows(ballots, eq(ballots.eventId, on.eventId))
    expect(cast).toMatchObject([{ voterId: person.userId, version: 20 }])
    expect(await world.rows(ballotChoices, eq(ballotChoices.eventId, on.eventId))).toHaveLength(1)
  })

  it('is refused for every reason, and leaves nothing', async () => {
    const on = await voting({ electorate: 'PARTICIPANTS', choiceLimit: 1 })
    const elsewhere = await stage(world, { judges: 0, projects: 1 })
    const { owner } = the(on.teams[0])
    const before = await everything(world)
    expect(await vote(on, world.person(), 0)).toBe('NOT_A_PARTICIPANT')
    expect(await vote(on, world.anonymous, 0)).toBe('UNAUTHENTICATED')
    expect(await vote(on, owner, 0)).toBe('OWN_PROJECT')
    expect(await vote(on, owner, 1, 2)).toBe('TOO_MANY_CHOICES')
    const foreign = { eventId: on.eventId, projectIds: [the(elsewhere.teams[0]).projectId] }
    expect(await said(owner, 'castPublicVote', foreign)).toBe('NOT_FOUND')
    expect(await said(owner, 'castPublicVote', { ...foreign, projectIds: ['nonsense'] })).toBe('NOT_FOUND')
    expect(await said(owner, 'castPublicVote', { ...foreign, eventId: elsewhere.eventId })).toBe('NOT_FOUND')
    const terms = { eventId: on.eventId, electorate: 'ANYONE', opensAt: at(0), closesAt: at(1) }
    expect(await said(owner, 'setPublicVote', terms)).toBe('FORBIDDEN')
    expect(await said(on.manager, 'setPublicVote', { ...terms, closesAt: at(0) })).toBe('INVALID_TIME_RANGE')
    expect(await said(on.manager, 'setPublicVote', { ...terms, choiceLimit: 11 })).toBe('INVALID_VALUE')
    expect(await everything(world)).toEqual(before)
    expect(await vote(on, owner, 1)).toBe('OK')
  })
})
