import { once } from 'node:events'
import { cloneDatabase, dropDatabase } from '@guildhall/kit/postgres/test-cluster'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openSplitHouse, type SplitHouse } from '../../scripts/house/open-split-house.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'

let databaseUrl: string
let house: SplitHouse
// As many processes as there are domains take a while on a busy machine.
beforeAll(async () => {
  databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
  house = await openSplitHouse({ databaseUrl, port: 0, environment: { LOG_LEVEL: 'silent' } })
}, 180_000)
afterAll(async () => {
  await house?.close()
  if (databaseUrl) await dropDatabase(databaseUrl)
})

it('answers with everything else when a domain is killed, and says so without an address', async () => {
  const { organizer, eventId } = await organizerWithEvent(house.url)
  const query = `query ($id: ID!) {
    event(id: $id) { title organization { name } projects { totalCount } }
    project(id: "prj_01h455vb4pex5vsknk084sn02q") { id }
  }`
  const whole = await organizer.request(query, { id: eventId })
  expect(whole.errors).toEqual([])

  const projects = house.processes.get('projects')
  if (!projects) throw new Error('projects does not run')
  const gone = once(projects, 'exit')
  projects.kill('SIGKILL')
  await gone

  const { status, data, errors } = await organizer.request(query, { id: eventId })
  expect(status).toBe(200)
  expect(data).toEqual({
    event: { title: 'City Hack', organization: { name: 'Open City' }, projects: null },
    project: null,
  })
  expect(errors.map(({ extensions }) => extensions)).toEqual(
    Array(2).fill({ code: 'SERVICE_UNAVAILABLE', errorId: expect.any(String), retryable: true }),
  )
  expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|localhost|ECONN|projects\/|at /)
  // The others are untouched, writing included.
  const guest = await newPerson(house.url, 'Guest')
  const { registration } = await guest.mutate<{ registration: object }>(
    'registerForEvent',
    { eventId },
    'registration { status }',
  )
  expect(registration).toEqual({ status: 'CONFIRMED' })
})
