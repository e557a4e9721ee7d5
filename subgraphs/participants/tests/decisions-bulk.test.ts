import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationConfirmed } from '../contract.ts'
import { releaseWork } from '../decisions/release-work.ts'
import { registrations, stagedDecisions } from '../tables.ts'
import { bulk, crowd, decidersOf, type Reviewed, releaseOf } from './decisions-support.ts'
import { act, seatsOf, unsettledEvent } from './support.ts'
import { settings } from './waitlist-support.ts'

/** Without background work: what a process does until it dies is done here step by step. */
let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'], false)
})
afterAll(() => world.close())

const step = async () => {
  const participants = world.host.subgraphs.participants
  if (!participants) throw new Error('participants do not run')
  return releaseWork.step(participants.scheduleContext(), {} as never)
}

/** An event with so many applicants. Nothing is relayed here: participants ask for it when it is first named. */
async function event(count: number) {
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  const eventId = await unsettledEvent(world, organization, { approvalMode: 'MANUAL' })
  await settings(organizer, { eventId })
  return { ...decidersOf(organizer, eventId), ids: await crowd(world, eventId, count) }
}

const confirmed = async (eventId: string) =>
  (await world.rows(registrations, eq(registrations.eventId, eventId))).filter(
    ({ status }) => status === 'CONFIRMED',
  ).length

describe('a release', () => {
  it('goes on where a process has died, and applies nothing twice', async () => {
    const { eventId, ids, reviewer, stage, release } = await event(450)
    expect((await stage('CONFIRM', ids)).succeeded).toHaveLength(450)
    const id = await release()
    expect(await step()).toBe(true)
    expect([await confirmed(eventId), (await releaseOf(reviewer, id))?.status]).toEqual([200, 'RUNNING'])

    const runtime = world.host.subgraphs.participants
    const dying = runtime?.scheduleContext()
    if (!dying) throw new Error('participants do not run')
    // The process ends in the middle of the transaction: nothing of the batch is kept.
    const { newId } = dying
    let made = 0
    dying.newId = (prefix) => {
      if (++made > 100) throw new Error('died')
      return newId(prefix)
    }
    expect(await releaseWork.step(dying, {} as never)).toBe(true)
    expect([await confirmed(eventId), await step()]).toEqual([200, false])

    world.clock.advance(1_000)
    // Two processes at once: the one that finds the release taken has nothing to do.
    await Promise.all([step(), step(), step()])
    while (await step());
    expect(await releaseOf(reviewer, id)).toMatchObject({
      status: 'COMPLETED',
      totalCount: 450,
      appliedCount: 450,
      failedCount: 0,
    })
    expect(await confirmed(eventId)).toBe(450)
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 450 })
    const told = (await world.published(registrationConfirmed)).filter((one) => one.eventId === eventId)
    expect(new Set(told.map(({ registrationId }) => registrationId)).size).toBe(450)
    expect(told).toHaveLength(450)
    expect(await world.rows(stagedDecisions)).toEqual([])
  })

  it('has what it took: staged anew or taken back is nothing of it, nor decided otherwise meanwhile', async () => {
    const { ids, reviewer, stage, release } = await event(3)
    await stage('CONFIRM', ids)
    const id = await release()
    const again = await stage('WAITLIST', ids)
    expect(again.failed.map(({ code }) => code)).toEqual(Array(3).fill('RELEASE_IN_PROGRESS'))
    const { failed } = await reviewer.mutate<Reviewed>('unstageDecisions', { ids }, bulk)
    expect(failed.map(({ code }) => code)).toEqual(Array(3).fill('RELEASE_IN_PROGRESS'))
    expect(await act(reviewer, 'rejectRegistration', { id: ids[0], reason: 'No.' })).toBe('REJECTED')
    while (await step());
    expect(await releaseOf(reviewer, id)).toMatchObject({ appliedCount: 2, failedCount: 1 })
  })
})
