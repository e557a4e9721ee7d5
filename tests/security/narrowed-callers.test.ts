import { uuidOf } from '@guildhall/kit/ids'
import { decodeJwt } from 'jose'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'
import { openStream, overHttp, overSocket } from './support/attempts.ts'

let house: RunningHouse
let owner: Client
let organizationId: string
beforeAll(async () => {
  house = await openTestHouse({ production: true })
  owner = await newPerson(house.url, 'Ada')
  const founded = await owner.mutate<{ organization: { id: string } }>(
    'createOrganization',
    { name: 'Open City', kind: 'INNOVATION' },
    'organization { id }',
  )
  organizationId = founded.organization.id
})
afterAll(() => house?.close())

it('an API key is good over HTTP and WebSocket, may no more than it was made for, and ends at once', async () => {
  const { key, apiKey: made } = await owner.mutate<{ key: string; apiKey: { id: string } }>(
    'createApiKey',
    { name: 'narrow', scopes: ['members:manage'] },
    'key apiKey { id }',
  )
  const { token: issued } = await createTestClient(house.url).mutate<{ token: { accessToken: string } }>(
    'issueServiceToken',
    { clientId: made.id, clientSecret: key },
    'token { accessToken }',
  )
  const token = issued.accessToken
  for (const bearer of [key, token]) expect((await overHttp(house.url, bearer)).status).toBe(200)
  expect(await rename(key)).toBe('UNAUTHORIZED_FIELD_OR_TYPE')
  expect(await rename(token)).toBe('UNAUTHORIZED_FIELD_OR_TYPE')
  expect(await overSocket(house.url, key)).toMatchObject({ status: 1000 })

  const streams = [await openStream(house.url, key), await openStream(house.url, token)]
  const startedAt = performance.now()
  await owner.mutate('revokeApiKey', { id: made.id }, 'apiKey { id }')
  for (const { closed } of streams) expect(await closed).toBe(4403)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  for (const bearer of [key, token]) {
    expect((await overHttp(house.url, bearer)).status).toBe(401)
    expect(await overSocket(house.url, bearer)).toEqual({ status: 4403, text: 'Forbidden' })
  }
})

it('a session in which somebody may only look reads everything and changes nothing', async () => {
  const support = await newPerson(house.url, 'Sam')
  const member = await newPerson(house.url, 'Mia')
  const token = member.accessToken ?? ''
  const sql = postgres(house.databaseUrl, { max: 1 })
  // As an impersonation leaves it; the router has not seen this session before.
  await sql`
    update identity.session
    set is_read_only = true, impersonation_reason = 'a ticket', impersonator_id = ${uuidOf('usr', support.userId)}
    where id = ${uuidOf('ses', String(decodeJwt(token).sid))}`
  await sql.end()
  expect((await overHttp(house.url, token)).status).toBe(200)
  expect(await overSocket(house.url, token)).toMatchObject({ status: 1000 })
  const { errors } = await member.request(
    'mutation { updateProfile(input: { displayName: "Somebody" }) { user { id } } }',
  )
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
  const { data } = await member.request<{ me: { displayName: string } }>('{ me { displayName } }')
  expect(data.me.displayName).toBe('Mia')
})

/** Renames the organization; gives the code of what stood in the way. */
async function rename(bearer: string): Promise<string | undefined> {
  const response = await fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify({
      query: `mutation ($input: UpdateOrganizationInput!) {
        updateOrganization(input: $input) { organization { name } }
      }`,
      variables: { input: { id: organizationId, name: 'Closed City' } },
    }),
  })
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] }
  return errors?.[0]?.extensions.code
}
