import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectMemberJoined } from '../contract.ts'
import { joinAttempts, projectMembers } from '../tables.ts'
import {
  about,
  act,
  domains,
  everything,
  guestOf,
  placesOf,
  projectOf,
  start,
  team,
  transition,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const codeOf = async (person: Person, id: string): Promise<string> =>
  (
    await person.run<{ project: { joinCode: string | null } | null }>(
      'query ($id: ID!) { project(id: $id) { joinCode } }',
      { id },
    )
  ).data.project?.joinCode ?? 'none'

const join = (person: Person, code: string) => act(person, 'joinTeam', { code })

const countOf = (said: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(said, (word) => word)].map(([word, { length }]) => [word, length]))

describe('a join code', () => {
  it('is seen by the team and by nobody else', async () => {
    const { owner, members, organization, id } = await team(world, { size: 2 })
    await act(owner, 'submitProject', { id })
    const code = await codeOf(owner, id)
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/)
    expect(await codeOf(members[0] ?? owner, id)).toBe(code)
    for (const person of [organization.as('OWNER'), world.person(), world.anonymous]) {
      expect(await codeOf(person, id)).toBe('none')
    }
  })

  it('lets participants in, however they type it', async () => {
    const { owner, eventId, id } = await team(world)
    const person = await guestOf(world, eventId)
    const code = await codeOf(owner, id)
    const typed = ` ${code.toLowerCase().replaceAll('1', 'l').replaceAll('0', 'o')} `
    const { project } = await person.mutate<{ project: object }>(
      'joinTeam',
      { code: typed },
      'project { id members { user { id } role } }',
    )
    expect(project).toEqual({
      id,
      members: [
        { user: { id: owner.userId }, role: 'OWNER' },
        { user: { id: person.userId }, role: 'MEMBER' },
      ],
    })
    expect((await world.published(projectMemberJoined)).filter(about(id))).toMatchObject([
      { userId: person.userId, actorId: person.userId, memberIds: [owner.userId, person.userId] },
    ])
  })

  it('of a project without an event lets everybody in', async () => {
    const organization = world.organization()
    const owner = organization.as('MEMBER')
    const { id } = await start(owner, { organizationId: organization.id })
    expect(await join(world.person(), await codeOf(owner, id))).toBe('DRAFT')
  })

  it('is changed by the owner and managers; the old one leads nowhere', async () => {
    const { owner, members, eventId, organization, id } = await team(world, { size: 2 })
    const code = await codeOf(owner, id)
    expect(await act(members[0] ?? owner, 'rotateJoinCode', { projectId: id })).toBe('FORBIDDEN')
    expect(await codeOf(owner, id)).toBe(code)
    expect(await act(owner, 'rotateJoinCode', { projectId: id })).toBe('DRAFT')
    const next = await codeOf(owner, id)
    expect(next).not.toBe(code)
    const person = await guestOf(world, eventId)
    expect([await join(person, code), await join(person, next)]).toEqual(['INVALID_JOIN_CODE', 'DRAFT'])
    expect(await act(organization.as('ORGANIZER'), 'rotateJoinCode', { projectId: id })).toBe('DRAFT')
    expect(await act(world.person(), 'rotateJoinCode', { projectId: id })).toBe('NOT_FOUND')
  })

  it('is no use for every reason of the contract, and nothing is left of it', async () => {
    const { owner, eventId, id } = await team(world, { size: 2, event: { maxTeamSize: 2 } })
    const code = await codeOf(owner, id)
    const late = await team(world)
    const lateGuest = await guestOf(world, late.eventId)
    const handedIn = await team(world)
    const rival = await guestOf(world, handedIn.eventId)
    const lateCode = await codeOf(late.owner, late.id)
    const handedInCode = await codeOf(handedIn.owner, handedIn.id)
    await act(handedIn.owner, 'submitProject', { id: handedIn.id })
    await transition(world, late.organization, late.eventId, 'IN_PROGRESS', 'JUDGING')
    const guest = await guestOf(world, eventId)
    const before = await everything(world)
    expect(await join(guest, code)).toBe('TEAM_FULL')
    expect(await join(owner, code)).toBe('ALREADY_IN_TEAM')
    expect(await join(world.person(), code)).toBe('NOT_A_PARTICIPANT')
    expect(await join(lateGuest, lateCode)).toBe('EVENT_NOT_RUNNING')
    expect(await join(rival, handedInCode)).toBe('PROJECT_NOT_EDITABLE')
    for (const wrong of ['', 'nonsense', 'UUUUUUUUUU', '0000000000', `${code}0`]) {
      expect(await join(guest, wrong)).toBe('INVALID_JOIN_CODE')
    }
    expect(await join(world.anonymous, code)).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('answers the same for the same key, also when the code was changed', async () => {
    const { owner, eventId, id } = await team(world)
    const person = await guestOf(world, eventId)
    const input = { code: await codeOf(owner, id), idempotencyKey: 'once' }
    const said = await Promise.all(Array.from({ length: 6 }, () => act(person, 'joinTeam', input)))
    expect(said).toEqual(Array(6).fill('DRAFT'))
    await act(owner, 'rotateJoinCode', { projectId: id })
    expect(await act(person, 'joinTeam', input)).toBe('DRAFT')
    expect(await placesOf(world, id)).toHaveLength(2)
  })
})

describe('wrong codes', () => {
  it('are looked at ten times within ten minutes, and no more of fifty at once', async () => {
    const person = world.person()
    const said = await Promise.all(Array.from({ length: 50 }, () => join(person, 'AAAAA-AAAAA')))
    expect(countOf(said)).toEqual({ INVALID_JOIN_CODE: 10, TOO_MANY_ATTEMPTS: 40 })
    const [row] = await world.rows(joinAttempts, eq(joinAttempts.id, person.userId))
    expect(row?.failedAt).toHaveLength(10)
  })

  it('shut the door for right ones, too, and for this person alone, until the first was long enough ago', async () => {
    const { owner, eventId, id } = await team(world)
    const [person, other] = [await guestOf(world, eventId), await guestOf(world, eventId)]
    const code = await codeOf(owner, id)
    await join(person, 'wrong')
    world.clock.advance(60_000)
    for (let n = 0; n < 9; n++) await join(person, 'wrong')
    const told = await person.run<{ joinTeam: { userErrors: object[] } }>(
      'mutation ($code: String!) { joinTeam(input: { code: $code }) { userErrors { __typename code path ... on TooManyAttemptsError { retryAfterSeconds } } } }',
      { code },
    )
    expect(told.data.joinTeam.userErrors).toEqual([
      {
        __typename: 'TooManyAttemptsError',
        code: 'TOO_MANY_ATTEMPTS',
        path: ['input', 'code'],
        retryAfterSeconds: 540,
      },
    ])
    expect(await join(other, code)).toBe('DRAFT')
    world.clock.advance(540_000)
    expect(await join(person, 'wrong')).toBe('INVALID_JOIN_CODE')
    expect(await join(person, code)).toBe('TOO_MANY_ATTEMPTS')
    world.clock.advance(60_000)
    expect(await join(person, code)).toBe('DRAFT')
  })

  it('are not what right ones are', async () => {
    const { owner, id, eventId } = await team(world)
    const code = await codeOf(owner, id)
    const person = await guestOf(world, eventId)
    for (let n = 0; n < 12; n++) await join(owner, code)
    expect(await join(person, code)).toBe('DRAFT')
    for (let n = 0; n < 12; n++) expect(await join(person, code)).toBe('ALREADY_IN_TEAM')
  })
})

describe('many at once', () => {
  it('sixty with the code of a team of five, while others leave: never more than five', async () => {
    const { owner, members, eventId, id } = await team(world, { size: 3, event: { maxTeamSize: 5 } })
    const code = await codeOf(owner, id)
    const rivals = await Promise.all(Array.from({ length: 60 }, () => guestOf(world, eventId)))
    const leaving = members.map((member) => () => act(member, 'leaveProject', { projectId: id }))
    const joining = rivals.map((rival) => () => join(rival, code))
    const said = await Promise.all(
      [...joining.slice(0, 30), ...leaving, ...joining.slice(30)].map((go) => go()),
    )
    const joined = said.filter((word) => word === 'DRAFT').length
    expect(new Set(said).isSubsetOf(new Set(['DRAFT', 'TEAM_FULL', 'GONE']))).toBe(true)
    const places = await placesOf(world, id)
    expect(said.filter((word) => word === 'GONE')).toHaveLength(2)
    expect(places).toHaveLength(1 + joined)
    expect(places.length).toBeLessThanOrEqual(5)
    expect(await projectOf(world, id)).toMatchObject({ memberCount: places.length, memberLimit: 5 })
    expect((await world.published(projectMemberJoined)).filter(about(id))).toHaveLength(2 + joined)
    // Two places were free from the start and two became free: whoever still wants gets what is left.
    const again = await Promise.all(rivals.map((rival) => join(rival, code)))
    expect(again.filter((word) => word === 'DRAFT')).toHaveLength(4 - joined)
    expect(await placesOf(world, id)).toHaveLength(5)
  })

  it('two codes used by one person at once: one team', async () => {
    const one = await team(world)
    const second = await guestOf(world, one.eventId)
    const other = await start(second, { eventId: one.eventId })
    const codes = [await codeOf(one.owner, one.id), await codeOf(second, other.id)]
    const people = await Promise.all(Array.from({ length: 4 }, () => guestOf(world, one.eventId)))
    const said = await Promise.all(people.flatMap((person) => codes.map((code) => join(person, code))))
    expect(countOf(said)).toEqual({ DRAFT: 4, ALREADY_IN_TEAM: 4 })
    for (const { userId } of people) {
      expect(await world.rows(projectMembers, eq(projectMembers.userId, userId))).toHaveLength(1)
    }
  })
})
