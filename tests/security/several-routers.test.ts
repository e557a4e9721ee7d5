import { uuidOf } from '@guildhall/kit/ids'
import { cloneDatabase, dropDatabase } from '@guildhall/kit/postgres/test-cluster'
import { decodeProtectedHeader } from 'jose'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openSplitHouse, type SplitHouse } from '../../scripts/house/open-split-house.ts'
import type { Client } from '../support/client.ts'
import { newPerson } from '../support/people.ts'
import { openStream, overHttp } from './support/attempts.ts'

/** The promise: wherever somebody is connected, lost rights are felt within this. */
const promisedMs = 2_000

let databaseUrl: string
let house: SplitHouse
let urls: string[]
beforeAll(async () => {
  databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
  house = await openSplitHouse({
    databaseUrl,
    port: 0,
    routers: 3,
    environment: {
      LOG_LEVEL: 'silent',
      NODE_ENV: 'production',
      DATA_SECRET: 'the secret of a house under test is long enough',
    },
  })
  urls = house.urls.map((url) => url.replace('localhost', '127.0.0.1'))
}, 120_000)
afterAll(async () => {
  await house?.close()
  if (databaseUrl) await dropDatabase(databaseUrl)
})

/** Streams of somebody at every router, and how long after `change` each was closed. */
async function closedAfter(token: string, change: () => Promise<unknown>): Promise<() => Promise<number[]>> {
  const streams = await Promise.all(urls.map((url) => openStream(url, token)))
  // Every router has this person in its cache.
  for (const url of urls) expect((await overHttp(url, token)).status).toBe(200)
  await change()
  const changedAt = performance.now()
  const closings = streams.map(async ({ closed }) => {
    expect(await closed).toBe(4403)
    return performance.now() - changedAt
  })
  return () => Promise.all(closings)
}

/** How long it takes until every router says so. */
async function refusedAfter(isRefused: (url: string) => Promise<boolean>): Promise<number[]> {
  const startedAt = performance.now()
  return Promise.all(
    urls.map(async (url) => {
      while (!(await isRefused(url))) {
        if (performance.now() - startedAt > 10_000) throw new Error(`${url} never refuses`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return performance.now() - startedAt
    }),
  )
}

const report = (what: string, http: number[], sockets: number[]) => {
  const worst = (times: number[]) => `${Math.max(...times).toFixed(0)} ms`
  console.log(`${what}: refused over HTTP after ${worst(http)}, sockets closed after ${worst(sockets)}`)
  for (const ms of [...http, ...sockets]) expect(ms).toBeLessThan(promisedMs)
}

it('a revoked session is over at every router within two seconds', async () => {
  const person = await newPerson(urls[0] ?? '', 'Ada')
  const staying = await newPerson(urls[1] ?? '', 'Bea')
  const other = await openStream(urls[2] ?? '', staying.accessToken ?? '')
  let isOtherOpen = true
  void other.closed.then(() => {
    isOtherOpen = false
  })
  const token = person.accessToken ?? ''
  const sockets = await closedAfter(token, () => person.mutate('logout', {}, 'isLoggedOut'))
  const http = await refusedAfter(async (url) => (await overHttp(url, token)).status === 401)
  report('session revoked', http, await sockets())
  expect(isOtherOpen).toBe(true)
  expect((await overHttp(urls[2] ?? '', staying.accessToken ?? '')).status).toBe(200)
})

/** What takes somebody's say in an organization away. */
const losses: [what: string, lose: (owner: Client, membershipId: string) => Promise<unknown>][] = [
  ['removed from an organization', (owner, id) => owner.mutate('removeMember', { id }, 'removedMemberId')],
  [
    'with a smaller role than before',
    (owner, id) => owner.mutate('changeMemberRole', { id, role: 'GUEST' }, 'member { role }'),
  ],
]

it.each(losses)('somebody %s has no say at any router within two seconds', async (what, lose) => {
  const owner = await newPerson(urls[0] ?? '', 'Cleo')
  const member = await newPerson(urls[1] ?? '', 'Dan', databaseUrl)
  const { organizationId, membershipId } = await joined(owner, member)
  const draft = { organizationId, title: 'Hack', kind: 'HACKATHON', timezone: 'Europe/Zurich' }
  const times = {
    startsAt: new Date(Date.now() + 86_400_000).toISOString(),
    endsAt: new Date(Date.now() + 2 * 86_400_000).toISOString(),
  }
  const mayDraft = async (url: string): Promise<boolean> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${member.accessToken}` },
      body: JSON.stringify({
        query: 'mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } } }',
        variables: { input: { ...draft, ...times } },
      }),
    })
    const { data } = (await response.json()) as { data?: { createEvent: { event: object | null } | null } }
    return !!data?.createEvent?.event
  }
  for (const url of urls) expect(await mayDraft(url)).toBe(true)
  const sockets = await closedAfter(member.accessToken ?? '', () => lose(owner, membershipId))
  const http = await refusedAfter(async (url) => !(await mayDraft(url)))
  report(`member ${what}`, http, await sockets())
  // The session itself goes on: a new socket is accepted.
  expect((await overHttp(urls[0] ?? '', member.accessToken ?? '')).status).toBe(200)
})

it('a revoked signing key opens nothing at any router within two seconds, and its owners refresh and go on', async () => {
  const admin = await newPerson(urls[0] ?? '', 'Eve')
  const person = await newPerson(urls[1] ?? '', 'Fay')
  const sql = postgres(databaseUrl, { max: 1 })
  await sql`update identity."user" set platform_roles = '{ADMIN}' where id = ${uuidOf('usr', admin.userId)}`
  await sql.end()
  const token = person.accessToken ?? ''
  const kid = decodeProtectedHeader(token).kid
  const sockets = await closedAfter(token, () =>
    admin.mutate('revokeSigningKey', { kid }, 'signingKey { status }'),
  )
  const http = await refusedAfter(async (url) => (await overHttp(url, token)).status === 401)
  report('signing key revoked', http, await sockets())
  const { data } = await newPerson(urls[2] ?? '', 'Gus').then((next) =>
    next.request<{ me: { displayName: string } }>('{ me { displayName } }'),
  )
  expect(data.me.displayName).toBe('Gus')
})

/** An organization of the first, of which the second is an administrator. */
async function joined(
  owner: Client,
  member: Client,
): Promise<{ organizationId: string; membershipId: string }> {
  const { organization } = await owner.mutate<{ organization: { id: string } }>(
    'createOrganization',
    { name: 'Open City', kind: 'INNOVATION' },
    'organization { id }',
  )
  const { data } = await member.request<{ me: { email: string } }>('{ me { email } }')
  const { token } = await owner.mutate<{ token: string }>(
    'inviteMember',
    { organizationId: organization.id, email: data.me.email, role: 'ADMIN' },
    'token',
  )
  const { member: membership } = await member.mutate<{ member: { id: string } }>(
    'acceptInvitation',
    { token },
    'member { id }',
  )
  return { organizationId: organization.id, membershipId: membership.id }
}
