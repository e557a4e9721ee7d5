import { createLog } from '@guildhall/kit/log'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { nameAdminOf } from '../../scripts/helpers/name-admin.ts'
import { type Client, createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'

const lines: string[] = []
let house: RunningHouse
let admin: Client

beforeAll(async () => {
  house = await openTestHouse({ log: createLog('info', { write: (line) => void lines.push(line) }) })
  admin = await newAdmin()
})
afterAll(() => house?.close())

async function newAdmin(): Promise<Client> {
  const person = await newPerson(house.url, 'Admin')
  const { data } = await person.request<{ me: { email: string } }>('{ me { email } }')
  await nameAdminOf(house.databaseUrl, data.me.email)
  await until(async () => {
    const { data: seen } = await person.request<{ users: object | null } | null>('{ users { totalCount } }')
    return Boolean(seen?.users)
  })
  return person
}

/** Asks again until it holds; fails after two seconds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 2_000
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('it did not come true within two seconds')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const statusOf = async (client: Client) => (await client.request('{ me { id } }')).status
const clientWith = (token: string | null): Client =>
  Object.assign(createTestClient(house.url), { accessToken: token })
const newKey = async (owner: Client, input: object = {}) => {
  const { apiKey, key } = await owner.mutate<{ apiKey: { id: string }; key: string }>(
    'createApiKey',
    { name: 'program', ...input },
    'apiKey { id } key',
  )
  return { id: apiKey.id, key, client: clientWith(key) }
}

/** An open socket of somebody, and how it ends. */
async function openSocket({ accessToken }: Client) {
  let opened: () => void = () => {}
  let closed: (code: number) => void = () => {}
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve
  })
  const ended = new Promise<number>((resolve) => {
    closed = resolve
  })
  const socket = createClient({
    url: `${house.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
    connectionParams: { authorization: `Bearer ${accessToken}` },
    on: { connected: () => opened(), closed: (event) => closed((event as { code: number }).code) },
  })
  const run = (query: string, variables: Record<string, unknown> = {}) =>
    new Promise<string[]>((resolve) => {
      const codes: string[] = []
      const note = (errors: readonly { extensions?: { code?: unknown } }[]) =>
        codes.push(...errors.map(({ extensions }) => String(extensions?.code)))
      socket.subscribe(
        { query, variables },
        {
          next: ({ errors }) => void note((errors ?? []) as never),
          error: (errors) => {
            note(errors as never)
            resolve(codes)
          },
          complete: () => resolve(codes),
        },
      )
    })
  return { isOpen, ended, run, close: () => socket.dispose() }
}

describe('suspension', () => {
  it('shuts out within two seconds: over HTTP, on open sockets and with keys', async () => {
    const person = await newPerson(house.url, 'Mallory')
    const { client: program } = await newKey(person)
    const socket = await openSocket(person)
    await socket.isOpen
    expect([await statusOf(person), await statusOf(program)]).toEqual([200, 200])
    const suspendedAt = performance.now()
    await admin.mutate('suspendUser', { id: person.userId, reason: 'Spam' }, 'user { id }')
    expect(await socket.ended).toBe(4403)
    expect(performance.now() - suspendedAt).toBeLessThan(2_000)
    await until(async () => (await statusOf(person)) === 401)
    await until(async () => (await statusOf(program)) === 401)
    await admin.mutate('reactivateUser', { id: person.userId }, 'user { id }')
    await until(async () => (await statusOf(program)) === 200)
    expect(await statusOf(person)).toBe(401)
  })
})

describe('API keys', () => {
  it('work from their addresses and from no others', async () => {
    const person = await newPerson(house.url, 'Ada')
    const here = await newKey(person, { addresses: ['127.0.0.0/8', '::1'] })
    const elsewhere = await newKey(person, { addresses: ['192.0.2.0/24'] })
    expect([await statusOf(here.client), await statusOf(elsewhere.client)]).toEqual([200, 401])
    expect(await (await openSocket(elsewhere.client)).ended).toBe(4403)
  })

  it('end at once, with the tokens that were issued for them', async () => {
    const person = await newPerson(house.url, 'Ada')
    const { id, key, client } = await newKey(person)
    const { token } = await createTestClient(house.url).mutate<{ token: { accessToken: string } }>(
      'issueServiceToken',
      { clientId: id, clientSecret: key },
      'token { accessToken }',
    )
    const withToken = clientWith(token.accessToken)
    expect([await statusOf(client), await statusOf(withToken)]).toEqual([200, 200])
    await person.mutate('revokeApiKey', { id }, 'apiKey { isActive }')
    await until(async () => (await statusOf(client)) === 401)
    await until(async () => (await statusOf(withToken)) === 401)
  })

  it('do what their scopes say and no more, nor do tokens that were asked for less', async () => {
    const person = await newPerson(house.url, 'Ada')
    const { organization } = await person.mutate<{ organization: { id: string } }>(
      'createOrganization',
      { name: 'Keys', kind: 'INNOVATION' },
      'organization { id }',
    )
    const scopes = ['organizations:manage', 'members:read']
    const { id, key, client } = await newKey(person, { organizationId: organization.id, scopes })
    const { token } = await createTestClient(house.url).mutate<{ token: { accessToken: string } }>(
      'issueServiceToken',
      { clientId: id, clientSecret: key, scopes: ['members:read'] },
      'token { accessToken }',
    )
    const rename = { input: { id: organization.id, name: 'Renamed' } }
    const codes = async (caller: Client) =>
      (
        await caller.request(
          'mutation ($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { userErrors { code } } }',
          rename,
        )
      ).errors.map(({ extensions }) => extensions.code)
    expect(await codes(clientWith(token.accessToken))).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE'])
    expect(await codes(client)).toEqual([])
    const { errors } = await client.request(
      `mutation { inviteMember(input: { organizationId: "${organization.id}", email: "x@example.org", role: MEMBER }) { token } }`,
    )
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE'])
  })

  it('make no keys, and step up never', async () => {
    const { client } = await newKey(await newPerson(house.url, 'Ada'))
    for (const mutation of [
      'createApiKey(input: { name: "x" })',
      'stepUp(input: { password: "correct horse battery staple" })',
      'logoutEverywhere(input: {})',
    ]) {
      const { errors } = await client.request(`mutation { ${mutation} { userErrors { code } } }`)
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
    }
  })
})

describe('nobody names their own rights', () => {
  const assignments: [mutation: string, stolen: object, valid: object][] = [
    ['updateProfile', { platformRoles: ['ADMIN'] }, { displayName: 'Eve' }],
    ['updateProfile', { status: 'ACTIVE' }, { displayName: 'Eve' }],
    ['updateProfile', { kind: 'SERVICE' }, { displayName: 'Eve' }],
    ['updateProfile', { isEmailVerified: true }, { displayName: 'Eve' }],
    ['updateProfile', { role: 'OWNER' }, { displayName: 'Eve' }],
    [
      'registerUser',
      { platformRoles: ['ADMIN'] },
      { email: 'eve@example.org', password: 'correct horse battery staple', displayName: 'Eve' },
    ],
    ['createApiKey', { userId: 'usr_x' }, { name: 'x' }],
    ['createOrganization', { role: 'OWNER' }, { name: 'x', kind: 'TEAM' }],
  ]

  it.each(assignments)('%s knows no %j', async (mutation, stolen, valid) => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
    const person = await newPerson(house.url, 'Eve')
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code } } }`
    const input = { ...valid, ...stolen }
    const { status, errors } = await person.request(query, { input })
    expect([status, errors.map(({ extensions }) => extensions.code)]).toEqual([400, ['BAD_USER_INPUT']])
    const socket = await openSocket(person)
    expect(await socket.run(query, { input })).toEqual(['BAD_USER_INPUT'])
    await socket.close()
    const { data } = await person.request<{ me: object }>(
      '{ me { displayName status platformRoles kind isEmailVerified apiKeys { id } } }',
    )
    expect(data.me).toEqual({
      displayName: 'Eve',
      status: 'PENDING_VERIFICATION',
      platformRoles: [],
      kind: 'PERSON',
      isEmailVerified: false,
      apiKeys: [],
    })
  })

  it('nor anybody else’s, over HTTP or on a socket', async () => {
    const person = await newPerson(house.url, 'Eve')
    const socket = await openSocket(person)
    for (const operation of [
      `mutation { setPlatformRoles(input: { id: "${person.userId}", roles: [ADMIN] }) { user { id } } }`,
      `mutation { suspendUser(input: { id: "${admin.userId}", reason: "x" }) { user { id } } }`,
      `mutation { impersonateUser(input: { userId: "${admin.userId}", reason: "x", minutes: 1 }) { accessToken } }`,
      '{ users { totalCount } }',
    ]) {
      const { errors } = await person.request(operation)
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE'])
      expect(await socket.run(operation)).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE'])
    }
    await socket.close()
  })
})

describe('impersonation', () => {
  const rename = 'mutation { updateProfile(input: { displayName: "Renamed" }) { userErrors { code } } }'
  const impersonate = async (userId: string, input: object = {}) => {
    const { accessToken } = await admin.mutate<{ accessToken: string }>(
      'impersonateUser',
      { userId, reason: 'Ticket 7', minutes: 5, ...input },
      'accessToken',
    )
    return clientWith(accessToken)
  }

  it('looks and does not touch, until it is ended', async () => {
    const person = await newPerson(house.url, 'Grace')
    const acting = await impersonate(person.userId)
    const { data } = await acting.request('{ me { displayName } }')
    expect(data).toEqual({ me: { displayName: 'Grace' } })
    const { errors } = await acting.request(rename)
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
    const ended = await admin.mutate('endImpersonation', { userId: person.userId }, 'endedSessionCount')
    expect(ended).toMatchObject({ endedSessionCount: 1 })
    await until(async () => (await statusOf(acting)) === 401)
    expect(await statusOf(person)).toBe(200)
  })

  it('puts both names into the log of commands', async () => {
    const person = await newPerson(house.url, 'Grace')
    const acting = await impersonate(person.userId, { canChange: true })
    expect((await acting.request(rename)).errors).toEqual([])
    const logged = lines
      .map((line) => JSON.parse(line) as { command?: string; viewer?: string; impersonator?: string })
      .filter(({ command, viewer }) => command === 'updateProfile' && viewer === person.userId)
    expect(logged).toMatchObject([{ impersonator: admin.userId }])
    expect(lines.join('')).not.toMatch(/ghk_\w{8}_/)
  })
})
