import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { clientHeaders } from '@guildhall/kit/upstream'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { networkPolicy } from '../domain/lockout.ts'
import { principalOf } from './accounts.ts'
import { codesOf, newKey, provenPerson, revokeKey } from './machines.ts'

let world: World
let person: Person
const organizationId = newId('org')
beforeAll(async () => {
  world = await createWorld()
  const permissions = ['members:read', 'members:manage']
  person = await provenPerson(world, { grants: { [organizationId]: { role: 'ADMIN', permissions } } })
})
afterAll(() => world.close())

interface Token {
  accessToken: string
  accessTokenExpiresAt: string
  scopes: string[] | null
}

const issue = (input: object) =>
  world.anonymous.mutate<{ token: Token | null }>(
    'issueServiceToken',
    input,
    'token { accessToken accessTokenExpiresAt scopes }',
  )

describe('issueServiceToken', () => {
  it('gives a token of five minutes that ends with its key', async () => {
    const { id, key } = await newKey(person)
    const { token } = await issue({ clientId: id, clientSecret: key })
    const end = new Date(world.clock.now().getTime() + 300_000)
    expect(token?.accessTokenExpiresAt).toBe(new Date(Math.floor(end.getTime() / 1000) * 1000).toISOString())
    expect(decodeProtectedHeader(token?.accessToken ?? '')).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })
    const claims = decodeJwt(token?.accessToken ?? '')
    expect(claims).toMatchObject({ sub: person.userId, sid: id, client_id: id, aud: 'guildhall' })
    expect(claims).not.toHaveProperty('scope')
    expect(await principalOf(world, id)).toMatchObject({ userId: person.userId, isActive: true })
    await revokeKey(person, id)
    expect(await principalOf(world, id)).toMatchObject({ isActive: false })
  })

  it('outlives its key not even by a minute', async () => {
    const expiresAt = new Date(world.clock.now().getTime() + 60_000).toISOString()
    const { id, key } = await newKey(person, { expiresAt })
    const { token } = await issue({ clientId: id, clientSecret: key })
    expect(Date.parse(token?.accessTokenExpiresAt ?? '')).toBeLessThanOrEqual(Date.parse(expiresAt))
  })

  it('says what the token is cut down to, and never gives more than the key has', async () => {
    const { id, key } = await newKey(person, { scopes: ['members:read', 'members:manage'] })
    const all = await issue({ clientId: id, clientSecret: key })
    expect(decodeJwt(all.token?.accessToken ?? '')).toMatchObject({ scope: 'members:read members:manage' })
    const less = await issue({ clientId: id, clientSecret: key, scopes: ['members:read'] })
    expect(less.token?.scopes).toEqual(['members:read'])
    expect(decodeJwt(less.token?.accessToken ?? '')).toMatchObject({ scope: 'members:read' })
    const more = await issue({
      clientId: id,
      clientSecret: key,
      scopes: ['members:read', 'organizations:manage', 'x'],
    })
    expect(codesOf(more)).toEqual(['input.scopes.1 SCOPE_NOT_GRANTED', 'input.scopes.2 SCOPE_UNKNOWN'])
    expect(codesOf(await issue({ clientId: id, clientSecret: key, scopes: [] }))).toEqual([
      'input.scopes INVALID_VALUE',
    ])
  })

  it('answers an unknown client, a wrong secret and an ended key alike, at the cost of one statement', async () => {
    const [one, other, ended] = [await newKey(person), await newKey(person), await newKey(person)]
    await revokeKey(person, ended.id)
    const attempts = [
      { clientId: one.id, clientSecret: 'nonsense' },
      { clientId: one.id, clientSecret: other.key },
      { clientId: newId('sva'), clientSecret: one.key },
      { clientId: 'nonsense', clientSecret: one.key },
      { clientId: ended.id, clientSecret: ended.key },
    ]
    for (const attempt of attempts) {
      const statements = await world.statements(async () => {
        expect(codesOf(await issue(attempt))).toEqual(['input INVALID_CLIENT'])
      })
      expect(statements.filter((statement) => statement.includes('api_key'))).toHaveLength(1)
    }
  })

  it('slows down networks that guess, and no others', async () => {
    const from = async (address: string) => {
      const result = await world.host.upstreams.identity?.execute({
        query: `mutation { issueServiceToken(input: { clientId: "x", clientSecret: "y" }) { userErrors { code } } }`,
        context: await world.signer({ kind: 'anonymous' }),
        headers: { [clientHeaders.address]: address },
      })
      const { data, errors } = JSON.parse(JSON.stringify(result)) as {
        data?: { issueServiceToken: { userErrors: { code: string }[] } | null }
        errors?: { extensions: { code: string } }[]
      }
      return errors?.[0]?.extensions.code ?? data?.issueServiceToken?.userErrors[0]?.code
    }
    for (let guess = 0; guess < networkPolicy.failuresMax; guess++) {
      expect(await from('192.0.2.1')).toBe('INVALID_CLIENT')
    }
    expect(await from('192.0.2.2')).toBe('RATE_LIMITED')
    expect(await from('198.51.100.1')).toBe('INVALID_CLIENT')
    world.clock.advance(networkPolicy.firstSeconds * 1000)
    expect(await from('192.0.2.1')).toBe('INVALID_CLIENT')
  })
})
