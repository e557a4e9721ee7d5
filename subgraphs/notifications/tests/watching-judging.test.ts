import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { membershipChanged } from '@guildhall/organizations/contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { published } from '../../events/tests/support.ts'
import { candidatesOf, did, draftRound, openRound, score, stage, the } from '../../judging/tests/support.ts'
import { found, teamOf } from '../../organizations/tests/people.ts'
import { registrations } from '../../participants/tables.ts'
import { watches } from '../tables.ts'
import { inboxOf, publish } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const watch = (by: Person, subjectId: string) =>
  did(by, 'watchSubject', { subjectId }, 'watch { level subject { id } }')
const heardBy = async (one: Person) => {
  await world.settle()
  return (await inboxOf(world, one))
    .filter(({ category }) => category === 'PROJECTS')
    .map(({ type, title }) => `${type}: ${title}`)
}

/** A round that is judged to its end. */
async function judged(on: Awaited<ReturnType<typeof stage>>) {
  const { roundId, criterionId } = await openRound(on)
  const [candidate] = await candidatesOf(world, on, roundId)
  await score(on.judges[0], candidate, criterionId, 9)
  return {
    roundId,
    close: () => did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }'),
    publish: () => did(on.manager, 'publishResults', { roundId, awards: [] }, 'round { id }'),
  }
}

const out = 'judging.results: Spring Hack: the results of First round are out'

describe('who watches', () => {
  it('a round is told of its end and its results; the event or a project of it: of the results', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const round = await judged(on)
    const [ofRound, ofEvent, ofProject, ofAll, ofAnother] = Array.from({ length: 5 }, () => world.person())
    await watch(the(ofRound), round.roundId)
    await watch(the(ofEvent), on.eventId)
    await watch(the(ofProject), the(on.teams[0]).projectId)
    for (const id of [round.roundId, on.eventId, the(on.teams[0]).projectId]) await watch(the(ofAll), id)
    await watch(the(ofAnother), (await published(world, on.manager, on.organization)).id)
    await round.close()
    await round.publish()
    const closed = 'judging.closed: Spring Hack: First round is closed'
    expect(await heardBy(the(ofRound))).toEqual([closed, out])
    expect(await heardBy(the(ofEvent))).toEqual([out])
    expect(await heardBy(the(ofProject))).toEqual([out])
    expect(await heardBy(the(ofAll))).toEqual([closed, out])
    expect(await heardBy(the(ofAnother))).toEqual([])
  }, 120_000)

  it('a round that opens is told so in other words than its judges', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId } = await draftRound(on)
    const other = on.organization.as('ORGANIZER')
    await publish(world, membershipChanged, {
      organizationId: on.organization.id,
      organizationName: 'Acme',
      userId: other.userId,
      role: 'ORGANIZER',
      change: 'ROLE_CHANGED',
      version: 1,
      actorId: null,
    })
    await watch(other, roundId)
    await did(on.manager, 'openJudgingRound', { id: roundId }, 'round { id }')
    expect(await heardBy(other)).toEqual(['judging.opened: Spring Hack: First round is open'])
    expect(await heardBy(the(on.judges[0]))).toEqual([
      'judging.opened: Spring Hack: First round is open for your scores',
    ])
  }, 120_000)

  it('is told nothing more once the event is for the organization alone, unless they belong to it', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const round = await judged(on)
    const [stranger, member] = [world.person(), world.person()]
    const judge = the(on.judges[0])
    for (const one of [stranger, member, judge]) {
      for (const id of [round.roundId, on.eventId, the(on.teams[0]).projectId]) await watch(one, id)
    }
    await publish(world, membershipChanged, {
      organizationId: on.organization.id,
      organizationName: 'Acme',
      userId: member.userId,
      role: 'MEMBER',
      change: 'ROLE_CHANGED',
      version: 1,
      actorId: null,
    })
    await did(on.manager, 'updateEvent', { id: on.eventId, visibility: 'ORGANIZATION' }, 'event { id }')
    await world.settle()
    const changes = async (one: Person) =>
      (await inboxOf(world, one)).filter(({ type }) => type === 'event.updated').length
    expect([await changes(stranger), await changes(member), await changes(judge)]).toEqual([0, 1, 1])
    await round.close()
    await round.publish()
    expect(await stranger.entity('judging', 'JudgingRound', round.roundId, 'id')).toBeNull()
    expect(await heardBy(stranger)).toEqual([])
    expect(await heardBy(member)).toContain(out)
    expect(await heardBy(judge)).toContain(out)
  }, 120_000)
})

describe('what never tells anything', () => {
  it('is not to be watched, but may be muted', async () => {
    const organization = await found(world)
    const team = await teamOf(organization, [])
    const { owner } = organization
    const on = await stage(world, { judges: 0, projects: 1 })
    const { owner: participant } = the(on.teams[0])
    const [row] = await world.rows(registrations, eq(registrations.userId, participant.userId))
    const registration = the(row).id
    for (const [one, subjectId] of [
      [owner, team],
      [participant, registration],
    ] as const) {
      const answer = await one.mutate<{ watch: object | null }>('watchSubject', { subjectId }, 'watch { id }')
      expect(answer).toMatchObject({
        watch: null,
        userErrors: [{ code: 'NOT_WATCHABLE', path: ['input', 'subjectId'] }],
      })
      expect((await one.mutate('muteSubject', { subjectId }, 'watch { id }')).userErrors).toEqual([])
    }
    expect(
      (await world.rows(watches)).filter(({ subjectId }) => [team, registration].includes(subjectId)),
    ).toMatchObject([{ level: 'MUTED' }, { level: 'MUTED' }])
    // Whether it is there is for those to know who see it.
    for (const subjectId of [registration, newId('reg')]) {
      const { userErrors } = await world.person().mutate('watchSubject', { subjectId }, 'watch { id }')
      expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    }
  })
})
