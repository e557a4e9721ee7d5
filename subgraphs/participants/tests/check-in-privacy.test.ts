import { createLog } from '@guildhall/kit/log'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkIns, tickets } from '../tables.ts'
import { countsOf, door, guest, said, scan, secretFor } from './check-in-support.ts'

const lines: string[] = []
let world: World
beforeAll(async () => {
  const log = createLog('trace', { write: (line) => void lines.push(line) }, 'tickets')
  world = await createWorld(['events', 'participants'], true, log)
})
afterAll(() => world.close())

const asService = async (query: string, variables: object) =>
  world.host.upstreams.participants?.execute({
    query,
    variables: { ...variables },
    context: await world.signer(world.service.caller),
  })

it('secrets of tickets stand in no log, whatever is done with them', async () => {
  const { staff, eventId, listId } = await door(world)
  const { person, registrationId, secret } = await guest(world.person(), eventId)
  await said(staff, listId, secret)
  await said(staff, listId, secret)
  await said(staff, listId, secret, { nonce: '' })
  const at = world.clock.now().toISOString()
  const scans = [{ secret, nonce: 'offline', at }]
  await staff.mutate('checkInMany', { listId, deviceId: 'd', scans, idempotencyKey: 'k' }, 'checkIns { id }')
  await staff.run('query ($secret: String!) { registrationByTicket(secret: $secret) { number } }', { secret })
  await staff.run('mutation ($secret: Int!) { checkIn(input: { secret: $secret }) { checkIn { id } } }', {
    secret,
  })
  await person.mutate('rotateTicket', { registrationId }, 'ticket { secret }')
  const next = await secretFor(person, registrationId)
  await world.settle()
  expect(lines.filter((line) => line.includes('"command":"checkIn"'))).toHaveLength(2)
  for (const shown of [secret, next]) expect(lines.join('')).not.toContain(shown)
  const kept = await world.host.database.sql`select answer::text from participants.idempotency`
  expect(JSON.stringify(kept)).not.toContain(secret)
})

it('a person is told where they were let in, and forgotten at the doors', async () => {
  const { staff, eventId, listId } = await door(world)
  const anna = await guest(world.person(), eventId)
  const { checkIn } = await scan(staff, listId, anna.secret)
  await staff.mutate('undoCheckIn', { checkInId: checkIn?.id, reason: 'Anna went home.' }, 'checkIn { id }')
  await said(staff, listId, anna.secret)
  const told = async (userId: string) => {
    const answer = await asService('query ($userId: ID!) { personalData(userId: $userId) }', { userId })
    return JSON.parse(String(answer?.data?.personalData))
  }
  expect((await told(anna.person.userId)).checkIns).toMatchObject([
    { list: 'Main door', type: 'ENTRY', result: 'OK', undoReason: 'Anna went home.' },
    { list: 'Main door', type: 'ENTRY', result: 'OK', undoReason: null },
  ])
  expect((await told(staff.userId)).ticketsScanned).toHaveLength(2)
  for (const { userId } of [anna.person, staff]) {
    const erase = 'mutation ($input: ErasePersonInput!) { erasePerson(input: $input) { isErased } }'
    expect((await asService(erase, { input: { userId } }))?.data).toEqual({ erasePerson: { isErased: true } })
  }
  const rows = await world.rows(checkIns, eq(checkIns.listId, listId))
  expect(rows.map(({ undoReason, deviceId }) => [undoReason, deviceId])).toEqual([
    [null, 'forgotten'],
    [null, 'forgotten'],
  ])
  expect(await world.rows(tickets, eq(tickets.registrationId, anna.registrationId))).toMatchObject([
    { sealedSecret: null, revokedAt: expect.any(Date) },
  ])
  expect(await countsOf(world.service, listId)).toMatchObject({ enteredCount: 1 })
})
