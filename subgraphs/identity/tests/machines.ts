import type { UserCaller } from '@guildhall/kit/caller'
import type { Person, SeenError, World } from '@guildhall/kit/testing/world'
import { hashOf } from '../domain/refresh-token.ts'
import { account } from './accounts.ts'

/** Somebody with an account who has just proved who they are. */
export async function provenPerson(world: World, facts: Partial<UserCaller> = {}): Promise<Person> {
  const { userId, sessionId } = await account(world)
  return world.personWith({
    kind: 'user',
    userId,
    sessionId,
    platformRoles: [],
    grants: {},
    steppedUpUntilMs: Date.UTC(2100, 0),
    ...facts,
  })
}

export interface MadeKey {
  apiKey: { id: string; prefix: string; expiresAt: string | null; isActive: boolean } | null
  key: string | null
  userErrors: SeenError[]
}

const made = 'apiKey { id prefix expiresAt isActive } key'

export const createKey = (person: Person, input: object = {}): Promise<MadeKey> =>
  person.mutate('createApiKey', { name: 'Build server', ...input }, made)

export const rotateKey = (person: Person, input: object): Promise<MadeKey> =>
  person.mutate('rotateApiKey', input, made)

export const revokeKey = (person: Person, id: string) =>
  person.mutate<{ apiKey: { isActive: boolean } | null }>('revokeApiKey', { id }, 'apiKey { isActive }')

/** The id and the secret of a new key. */
export async function newKey(person: Person, input: object = {}): Promise<{ id: string; key: string }> {
  const { apiKey, key, userErrors } = await createKey(person, input)
  if (!apiKey || !key) throw new Error(JSON.stringify(userErrors))
  return { id: apiKey.id, key }
}

const principal =
  'sessionId userId isActive platformPermissions steppedUpUntil scopes organizationId addresses expiresAt'

/** What the router asks when somebody calls with a key. */
export async function keyPrincipal(world: World, key: string) {
  const { data } = await world.service.run<{ apiKeyPrincipal: Record<string, unknown> | null }>(
    `query ($hash: String!) { apiKeyPrincipal(keyHash: $hash) { ${principal} } }`,
    { hash: hashOf(key) },
  )
  return data.apiKeyPrincipal
}

export const codesOf = ({ userErrors }: { userErrors: SeenError[] }): string[] =>
  userErrors.map(({ code, path }) => `${path.join('.')} ${code}`)
