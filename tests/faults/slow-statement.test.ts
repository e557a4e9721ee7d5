import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { organizerWithEvent } from '../support/people.ts'
import { openSocket } from '../support/socket.ts'

let house: RunningHouse
let sql: postgres.Sql
beforeAll(async () => {
  house = await openTestHouse({ production: true })
  sql = postgres(house.databaseUrl, { max: 2, onnotice: () => {} })
})
afterAll(async () => {
  await sql?.end()
  await house?.close()
})

/** Statements of the house that the database works on. */
const running = async () =>
  (
    await sql`
    select query from pg_stat_activity
    where datname = current_database() and application_name like 'guildhall%' and state = 'active'`
  ).length

it('ends a statement that takes too long, and answers with the rest, over HTTP and a socket', async () => {
  const { organizer, eventId } = await organizerWithEvent(house.url)
  // The real table, but whoever reads it waits.
  await sql.unsafe(`
    alter table projects.project rename to slow;
    create view projects.project as
      with nap as materialized (select pg_sleep(60)) select slow.* from nap left join projects.slow on true`)
  const query = 'query ($id: ID!) { event(id: $id) { title projects { totalCount } } }'
  const socket = openSocket(house.url, organizer.accessToken)
  const answers = Promise.all([
    organizer.request<object>(query, { id: eventId }),
    socket.run(query, { id: eventId }),
  ])
  await expect.poll(running).toBeGreaterThan(1)

  const [answer, overSocket] = await answers
  await socket.close()
  expect(answer.status).toBe(200)
  for (const { data, errors } of [answer, overSocket]) {
    expect(data).toEqual({ event: { title: 'City Hack', projects: null } })
    expect(errors).toEqual([
      {
        message: 'A part of the service did not answer in time.',
        path: ['event', 'projects'],
        extensions: {
          code: 'GATEWAY_TIMEOUT',
          errorId: expect.any(String),
          retryable: true,
        },
      },
    ])
    expect(JSON.stringify(errors)).not.toMatch(/pg_sleep|select|statement|canceling/i)
  }
  await expect.poll(running, { timeout: 1_000 }).toBe(0)
})
