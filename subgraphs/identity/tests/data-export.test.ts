import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gatherDataExports } from '../commands/gather-data-exports.ts'
import { dataExports } from '../tables.ts'
import { account } from './accounts.ts'
import { day, domains, ownContext, takePart } from './privacy-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('requestDataExport', () => {
  it('gathers what every domain holds, sealed, for the person alone', async () => {
    const someone = await account(world)
    await takePart(world, someone.person, 'I bring my own canary')
    await someone.person.mutate('updateProfile', { phone: '+41441234567' }, 'user { id }')
    await someone.person.mutate('requestDataExport', {}, 'dataExport { status }')
    await gatherDataExports(ownContext(world))
    const read = `query ($id: ID!) { dataExport(id: $id) { status content } }`
    const [row] = await world.rows(dataExports, eq(dataExports.userId, someone.userId))
    const { data } = await someone.person.run<{ dataExport: { status: string; content: string } }>(read, {
      id: row?.id,
    })
    expect(data.dataExport.status).toBe('READY')
    const { domains: found } = JSON.parse(data.dataExport.content) as { domains: Record<string, object> }
    expect(Object.keys(found)).toEqual(domains)
    expect(found.identity).toMatchObject({
      account: { email: someone.email, displayName: 'Ada', phone: '+41441234567' },
    })
    expect(found.participants).toMatchObject({
      registrations: [{ event: 'City Hack', status: 'CONFIRMED', message: 'I bring my own canary' }],
    })
    const stranger = await account(world)
    expect((await stranger.person.run(read, { id: row?.id })).data).toEqual({ dataExport: null })
  })

  it('can be read for seven days, and then is gone', async () => {
    const someone = await account(world)
    await someone.person.mutate('requestDataExport', {}, 'dataExport { id }')
    await gatherDataExports(ownContext(world))
    world.clock.advance(7 * day)
    await gatherDataExports(ownContext(world))
    const rows = await world.rows(dataExports, eq(dataExports.userId, someone.userId))
    expect(rows.map(({ status, content }) => ({ status, content }))).toEqual([
      { status: 'EXPIRED', content: null },
    ])
  })

  it('is gathered once, however many ask at the same time', async () => {
    const someone = await account(world)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        someone.person.mutate<{ dataExport: { id: string } }>('requestDataExport', {}, 'dataExport { id }'),
      ),
    )
    expect(new Set(answers.map(({ dataExport }) => dataExport.id)).size).toBe(1)
  })

  it('and its content want a fresh proof', async () => {
    const someone = await account(world)
    await someone.person.mutate('requestDataExport', {}, 'dataExport { id }')
    await gatherDataExports(ownContext(world))
    const { caller } = someone.person
    if (caller.kind !== 'user') throw new Error('an account is a user')
    const stale = world.personWith({ ...caller, steppedUpUntilMs: 0 })
    await expect(stale.mutate('requestDataExport', {}, 'dataExport { id }')).rejects.toThrow(
      'STEP_UP_REQUIRED',
    )
    const { errors } = await stale.run('{ me { dataExports { status content } } }')
    expect(errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
  })
})
