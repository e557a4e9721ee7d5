import { randomUUID } from 'node:crypto'
import type { Person, World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { users } from '../tables.ts'

export const password = 'correct horse battery'

/** An address that no other test has. */
export const freshEmail = (): string => `${randomUUID()}@example.org`

export interface Tokens {
  accessToken: string
  accessTokenExpiresAt: string
  refreshToken: string
}

/** A registered person who has logged in, calling with the session as the router would. */
export interface Account {
  email: string
  userId: string
  sessionId: string
  tokens: Tokens
  person: Person
}

export async function register(world: World, email = freshEmail(), displayName = 'Ada'): Promise<string> {
  const input = { email, password, displayName }
  const { userErrors } = await world.anonymous.mutate('registerUser', input, 'isAccepted')
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  const [user] = await world.rows(users, eq(users.email, email.toLowerCase()))
  return user?.id ?? ''
}

export async function login(world: World, email: string): Promise<Account> {
  const { tokens } = await world.anonymous.mutate<{ tokens: Tokens }>(
    'login',
    { email, password },
    'tokens { accessToken accessTokenExpiresAt refreshToken }',
  )
  const { sub: userId = '', sid } = decodeJwt<{ sid: string }>(tokens.accessToken)
  const person = world.personWith({
    kind: 'user',
    userId,
    sessionId: sid,
    platformRoles: [],
    grants: {},
    steppedUpUntilMs: Date.UTC(2100, 0),
  })
  return { email, userId, sessionId: sid, tokens, person }
}

export async function account(world: World, email = freshEmail(), displayName = 'Ada'): Promise<Account> {
  await register(world, email, displayName)
  return login(world, email)
}

/** What the router asks about a session. */
export async function principalOf(world: World, sessionId: string) {
  const { data } = await world.service.run<{
    sessionPrincipal: { userId: string; isActive: boolean; platformRoles: string[] } | null
  }>('query ($id: ID!) { sessionPrincipal(sessionId: $id) { userId isActive platformRoles } }', {
    id: sessionId,
  })
  return data.sessionPrincipal
}

/** What routers are told of changes, from the moment this resolves. */
export async function listenForChanges(world: World) {
  const changes = world.service.subscribe('subscription { principalChanged { userId sessionId } }')
  const context = world.host.subgraphs.identity?.ownContext()
  // A stream opens in its own time: it is open when a probe comes through.
  const first = changes.next()
  const probe = setInterval(() => context?.signals.send('principal', ['probe']), 20)
  await first
  clearInterval(probe)
  return {
    async next(): Promise<unknown> {
      for (;;) {
        const { value } = await changes.next()
        const change = value?.data?.principalChanged as { userId: string } | undefined
        if (change?.userId !== 'probe') return change
      }
    },
    close: () => changes.return?.(),
  }
}
