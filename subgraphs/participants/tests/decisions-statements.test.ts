import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applicants, bulk, crowd, type Reviewed } from './decisions-support.ts'
import { seatsOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

async function event(count: number, over: object = {}) {
  const made = await applicants(world, 0, over)
  return { ...made, ids: await crowd(world, made.eventId, count) }
}

describe('the number of statements', () => {
  it('of staging and of a batch does not depend on how many there are', async () => {
    const few = await event(2)
    const many = await event(199)
    const counted = async ({ ids, stage, release }: typeof few) => {
      const staging = await world.statements(() => stage('CONFIRM', ids))
      const releasing = await world.statements(async () => {
        await release()
        await world.settle()
      })
      // What looks for work goes on meanwhile.
      const own = releasing.filter((statement) => /staged_decision|registration_transition/.test(statement))
      return [staging.length, own.length]
    }
    expect(await counted(many)).toEqual(await counted(few))
  })

  it('of approving grows with the batches alone, and 2000 are approved', async () => {
    const few = await event(2)
    const many = await event(2_000, { capacity: 1_500 })
    const approve = async ({ ids, reviewer }: typeof few) => {
      let reply: Reviewed = { succeeded: [], failed: [] }
      const statements = await world.statements(async () => {
        const answer = await reviewer.mutate<Reviewed>(
          'approveRegistrations',
          { ids, idempotencyKey: 'once' },
          bulk,
        )
        reply = answer
      })
      return { reply, count: statements.length }
    }
    const small = await approve(few)
    const large = await approve(many)
    expect([small.reply.succeeded.length, large.reply.succeeded.length]).toEqual([2, 2_000])
    // The seats run out in the eighth of ten batches.
    expect(large.count).toBeLessThanOrEqual(small.count * 10 + 20)
    expect(await seatsOf(world, many.eventId)).toMatchObject({ held: 1_500, queued: 500 })
    const again = await approve(many)
    expect(again.reply).toEqual(large.reply)
  })
})
