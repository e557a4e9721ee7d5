import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assignments, conflicts, sheets } from '../tables.ts'
import {
  candidatesOf,
  did,
  domains,
  draftRound,
  grant,
  openRound,
  said,
  score,
  stage,
  the,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const seesRound = async (person: Person, id: string): Promise<boolean> => {
  const { data } = await person.run<{ judgingRound: object | null }>(
    'query ($id: ID!) { judgingRound(id: $id) { id } }',
    { id },
  )
  return data.judgingRound !== null
}

describe('rounds', () => {
  it('are seen as drafts by managers, of whatever right, then by whoever sees the event', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const organizer = world.person()
    await grant(on.manager, on.eventId, organizer.userId, 'ORGANIZER')
    await world.settle()
    const { roundId } = await draftRound(on)
    const people = [
      on.manager,
      organizer,
      the(on.judges[0]),
      world.organization().as('OWNER'),
      world.anonymous,
    ]
    const seen = () => Promise.all(people.map((person) => seesRound(person, roundId)))
    expect(await seen()).toEqual([true, true, false, false, false])
    expect(await said(organizer, 'openJudgingRound', { id: roundId })).toBe('OK')
    expect(await seen()).toEqual([true, true, true, true, true])
  })

  it('of an event for the organization are hidden from others, but not from its judges', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId } = await openRound(on)
    await did(on.manager, 'updateEvent', { id: on.eventId, visibility: 'ORGANIZATION' }, 'event { id }')
    await world.settle()
    const people = [on.organization.as('MEMBER'), the(on.judges[0]), world.person(), world.anonymous]
    expect(await Promise.all(people.map((person) => seesRound(person, roundId)))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('take no scores from a judge who is one no more', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const judge = the(on.judges[0])
    const { roundId, criterionId } = await openRound(on)
    const [candidate] = await candidatesOf(world, on, roundId)
    // Granting again changes nothing, but tells which membership it is.
    const { membership } = await grant(on.manager, on.eventId, judge.userId, 'JUDGE')
    const revoked = { membershipId: membership.id, roles: ['JUDGE'] }
    await did(on.manager, 'revokeEventRoles', revoked, 'membership { id }')
    await world.settle()
    expect(await score(judge, candidate, criterionId, 5)).toBe('FORBIDDEN')
    expect(await said(judge, 'takeNextProject', { roundId })).toBe('FORBIDDEN')
  })
})

describe('a person', () => {
  const service = async (query: string, userId: string) => {
    const context = await world.signer({ kind: 'service', service: 'identity' })
    return (await the(world.host.upstreams.judging).execute({ query, variables: { id: userId }, context }))
      .data
  }

  it('is told what judging holds of them, and forgotten: sheets stay, reasons and open assignments go', async () => {
    const on = await stage(world, { judges: 1, projects: 3 })
    const judge = the(on.judges[0])
    const { roundId, criterionId } = await openRound(on)
    const [first, second] = await candidatesOf(world, on, roundId)
    await score(judge, first, criterionId, 8, { comment: 'Bold.' })
    await said(judge, 'declareConflict', { judgedProjectId: the(second), reason: 'My brother.' })
    const told = (await service('query ($id: ID!) { personalData(userId: $id) }', judge.userId)) as {
      personalData: string
    }
    expect(JSON.parse(told.personalData)).toMatchObject({
      scoreSheets: [{ round: 'First round', project: 'Entry 0', status: 'FINAL', comment: 'Bold.' }],
      assignments: [{ round: 'First round' }, { round: 'First round' }],
      conflictsOfInterest: [{ reason: 'My brother.' }],
      publicVotes: [],
    })
    for (let again = 0; again < 2; again++) {
      await service('mutation ($id: ID!) { erasePerson(input: { userId: $id }) { isErased } }', judge.userId)
    }
    expect(await world.rows(sheets, eq(sheets.roundId, roundId))).toHaveLength(1)
    expect(await world.rows(assignments, eq(assignments.roundId, roundId))).toMatchObject([
      { judgedProjectId: first },
    ])
    expect(await world.rows(conflicts, eq(conflicts.judgeId, judge.userId))).toMatchObject([{ reason: '–' }])
  })
})
