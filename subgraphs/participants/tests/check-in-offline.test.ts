import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationCheckedIn } from '../contract.ts'
import { ticketHashOf } from '../domain/ticket-secret.ts'
import {
  countsOf,
  door,
  type Guest,
  guest,
  guests,
  logOf,
  minutesAgo,
  nonce,
  type OfflineScan,
  said,
  scan,
  upload,
} from './check-in-support.ts'
import { hourMs } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const entry = ({ secret }: Pick<Guest, 'secret'>, minutes: number): OfflineScan => ({
  secret,
  type: 'ENTRY',
  nonce: nonce(),
  at: minutesAgo(world, minutes),
})

describe('a device that was offline', () => {
  it('is answered scan by scan, and again when it asks again', async () => {
    const { staff, eventId, listId } = await door(world)
    const [anna, ben] = (await guests(world, eventId, 2)) as [Guest, Guest]
    const scans = [entry(anna, 5), { ...entry(ben, 4), secret: 'FALSE' }, entry(anna, 3), entry(ben, 2)]
    const answers = await upload(staff, listId, scans)
    expect(answers.map(({ errorReason }) => errorReason)).toEqual([null, 'INVALID', 'ALREADY_REDEEMED', null])
    expect(await upload(staff, listId, scans)).toEqual(answers)
    expect(await upload(staff, listId, [...scans, ...scans])).toEqual([...answers, ...answers])
    expect(await logOf(world, listId)).toHaveLength(4)
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 2, rejectedCount: 2 })
  })

  it('tells of an earlier entry: the later one has been let in for nothing', async () => {
    const { staff, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId)
    expect(await said(staff, listId, anna.secret)).toBe('OK')
    expect(await upload(staff, listId, [entry(anna, 30)], 'gate-2')).toMatchObject([{ result: 'OK' }])
    expect(
      (await logOf(world, listId)).map(({ deviceId, refusal, seq }) => [deviceId, refusal, seq]),
    ).toEqual([
      ['gate-1', 'ALREADY_REDEEMED', 2],
      ['gate-2', null, 3],
    ])
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 1, rejectedCount: 1 })
    const told = (await world.published(registrationCheckedIn)).filter((one) => one.eventId === eventId)
    expect(told).toHaveLength(1)
    const { data } = await anna.person.run('query ($id: ID!) { registration(id: $id) { checkedInAt } }', {
      id: anna.registrationId,
    })
    expect(data).toEqual({ registration: { checkedInAt: minutesAgo(world, 30) } })
  })

  it('is not believed what cannot be: the future, and what was before the list began', async () => {
    const { staff, eventId, listId } = await door(world, { activatesAt: minutesAgo(world, 60) })
    const [anna, ben] = (await guests(world, eventId, 2)) as [Guest, Guest]
    await upload(staff, listId, [entry(anna, -60 * 24), entry(ben, 600)])
    expect((await logOf(world, listId)).map(({ at }) => at.toISOString())).toEqual([
      minutesAgo(world, 0),
      minutesAgo(world, 60),
    ])
  })

  it('let in what was good then, though it is not any more', async () => {
    const { staff, organizer, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId)
    const before = world.clock.now().toISOString()
    world.clock.advance(hourMs)
    await anna.person.mutate('rotateTicket', { registrationId: anna.registrationId }, 'holder { number }')
    await organizer.mutate('archiveCheckInList', { id: listId }, 'checkInList { id }')
    expect(await upload(staff, listId, [entry(anna, 0)])).toMatchObject([{ errorReason: 'REVOKED' }])
    expect(await upload(staff, listId, [{ ...entry(anna, 0), at: before }])).toMatchObject([{ result: 'OK' }])
  })

  it('may say that staff let somebody in anyway', async () => {
    const { staff, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId)
    const answers = await upload(staff, listId, [entry(anna, 5), { ...entry(anna, 4), isForced: true }])
    expect(answers.map(({ result }) => result)).toEqual(['OK', 'OK'])
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 1, rejectedCount: 0 })
  })

  it('is refused as a whole when it sends too much or what is no scan', async () => {
    const { staff, eventId, listId } = await door(world)
    const anna = await guest(world.person(), eventId)
    const refused = async (scans: OfflineScan[]) =>
      (await staff.mutate('checkInMany', { listId, deviceId: 'd', scans }, 'checkIns { id }')).userErrors.map(
        ({ code, path }) => `${code} ${path.join('.')}`,
      )
    expect(await refused([])).toEqual(['INVALID_VALUE input.scans'])
    expect(await refused(Array.from({ length: 501 }, () => entry(anna, 1)))).toEqual([
      'INVALID_VALUE input.scans',
    ])
    expect(await refused([entry(anna, 1), { ...entry(anna, 1), nonce: ' ' }])).toEqual([
      'TOO_SHORT input.scans.1.nonce',
    ])
    const { staff: other } = await door(world)
    await expect(upload(other, listId, [entry(anna, 1)])).rejects.toThrow('NOT_FOUND')
    expect(await logOf(world, listId)).toEqual([])
  })

  it('is given hashes of the valid tickets and no secrets', async () => {
    const { staff, organizer, eventId, listId } = await door(world)
    const all = await guests(world, eventId, 3)
    const [anna, ben] = all as [Guest, Guest]
    await anna.person.mutate('withdrawRegistration', { id: anna.registrationId }, 'registration { id }')
    await organizer.mutate(
      'blockTicket',
      { registrationId: ben.registrationId, reason: 'Unpaid.' },
      'holder { number }',
    )
    const pages: { hash: string; isBlocked: boolean }[] = []
    let after: string | null = null
    do {
      const page: { data: Bundle } = await staff.run<Bundle>(
        `query ($id: ID!, $after: String) { checkInList(id: $id) { offlineTickets(first: 1, after: $after) {
          totalCount nodes { hash number partySize isBlocked } pageInfo { hasNextPage endCursor } } } }`,
        { id: listId, after },
      )
      const { nodes, pageInfo, totalCount } = page.data.checkInList.offlineTickets
      expect(totalCount).toBe(2)
      pages.push(...nodes)
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after)
    expect(pages.map(({ hash }) => hash).sort()).toEqual(
      all
        .filter((one) => one !== anna)
        .map(({ secret }) => ticketHashOf(secret))
        .sort(),
    )
    expect(pages.find(({ hash }) => hash === ticketHashOf(ben.secret))?.isBlocked).toBe(true)
    for (const { secret } of all) expect(JSON.stringify(pages)).not.toContain(secret)
  })
})

interface Bundle {
  checkInList: {
    offlineTickets: {
      totalCount: number
      nodes: { hash: string; isBlocked: boolean }[]
      pageInfo: { hasNextPage: boolean; endCursor: string | null }
    }
  }
}

describe('what a scan costs', () => {
  const reads = ['select event_seats', 'select ticket', 'select check_in']

  const counted = async (work: () => Promise<unknown>) =>
    (await world.statements(work)).map((statement) => {
      const [table = 'nothing'] = statement.match(/(?<="participants"\.")\w+/) ?? []
      return `${statement.slice(0, statement.indexOf(' '))} ${table}`
    })

  it('is few statements', async () => {
    const { staff, organizer, eventId, listId } = await door(world)
    const [anna] = (await guests(world, eventId, 1)) as [Guest]
    const one = nonce()
    const first = await counted(() => scan(staff, listId, anna.secret, { nonce: one }))
    expect(first).toEqual([
      ...reads,
      'insert check_in',
      'update registration',
      'insert registration_transition',
      'insert outbox',
    ])
    expect(await counted(() => scan(staff, listId, anna.secret, { nonce: one }))).toEqual(reads)
    expect(await counted(() => scan(organizer, listId, 'FALSE'))).toEqual([...reads, 'insert check_in'])
  })

  it('does not grow with the number of scans', async () => {
    const { staff, eventId, listId } = await door(world, {}, { capacity: 600 })
    const all = await guests(world, eventId, 40)
    const scans = Array.from({ length: 500 }, (_, index) => entry(all[index % 40] as Guest, 500 - index))
    const statements = await counted(() => upload(staff, listId, scans))
    expect(statements).toEqual([
      ...reads,
      'insert check_in',
      'update registration',
      'insert registration_transition',
      'insert outbox',
    ])
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 40, rejectedCount: 460 })
  })
})
