import type { Person, World } from '@guildhall/kit/testing/world'
import { decodeJwt } from 'jose'
import { generateSync } from 'otplib'
import { type Account, account, password, type Tokens } from './accounts.ts'

/** An authenticator app: knows a secret and the time. */
export interface AuthenticatorApp {
  secret: string
  /** The code of now, or of so many time steps later. */
  code(stepsLater?: number): string
}

/** Somebody with an authenticator app, in a session that has just stepped up. */
export interface SecuredAccount extends Account {
  app: AuthenticatorApp
  recoveryCodes: string[]
}

export const challengeFields =
  'tokens { accessToken refreshToken } challenge { token methods expiresAt } user { id }'

/** What `login` and its second half answer. */
export interface LoginAnswer {
  tokens: Tokens | null
  challenge: { token: string; methods: string[]; expiresAt: string } | null
  user: { id: string } | null
}

export const authenticatorApp = (world: World, secret: string): AuthenticatorApp => ({
  secret,
  code: (stepsLater = 0) =>
    generateSync({ secret, epoch: Math.floor(world.clock.now().getTime() / 1000) + stepsLater * 30 }),
})

/** The session as the router would let it call now: it asks identity who that is. */
export async function calling(world: World, sessionId: string): Promise<Person> {
  const { data } = await world.service.run<{
    sessionPrincipal: { userId: string; steppedUpUntil: string | null }
  }>('query ($id: ID!) { sessionPrincipal(sessionId: $id) { userId steppedUpUntil } }', { id: sessionId })
  const { userId, steppedUpUntil } = data.sessionPrincipal
  return world.personWith({
    kind: 'user',
    userId,
    sessionId,
    platformRoles: [],
    grants: {},
    ...(steppedUpUntil ? { steppedUpUntilMs: Date.parse(steppedUpUntil) } : {}),
  })
}

/** A person without a second factor who has just logged in. */
export async function freshAccount(world: World): Promise<Account> {
  const fresh = await account(world)
  return { ...fresh, person: await calling(world, fresh.sessionId) }
}

/** Sets up an authenticator app in the session of an account. */
export async function addApp(
  world: World,
  person: Person,
): Promise<{ app: AuthenticatorApp; recoveryCodes: string[] }> {
  const { secret } = await person.mutate<{ secret: string }>('enrolTotp', { label: 'Phone' }, 'secret')
  const app = authenticatorApp(world, secret)
  const { recoveryCodes } = await person.mutate<{ recoveryCodes: string[] | null }>(
    'confirmTotp',
    { code: app.code() },
    'recoveryCodes',
  )
  // The code of now is spent; the next one must not have to wait.
  world.clock.advance(60_000)
  return { app, recoveryCodes: recoveryCodes ?? [] }
}

export async function securedAccount(world: World): Promise<SecuredAccount> {
  const fresh = await freshAccount(world)
  return { ...fresh, ...(await addApp(world, fresh.person)) }
}

/** The first half of a login. */
export async function challengeOf(world: World, email: string): Promise<string> {
  const { challenge } = await world.anonymous.mutate<LoginAnswer>(
    'login',
    { email, password },
    challengeFields,
  )
  if (!challenge) throw new Error('no challenge: the account has no second factor')
  return challenge.token
}

/** Several logins that wait for their second half; one after the other, for many at once look like guessing. */
export async function challengesOf(world: World, email: string, count: number): Promise<string[]> {
  const tokens: string[] = []
  for (let made = 0; made < count; made++) tokens.push(await challengeOf(world, email))
  return tokens
}

/** The second half of a login. */
export const answer = (world: World, token: string, proof: object) =>
  world.anonymous.mutate<Omit<LoginAnswer, 'challenge'>>(
    'answerLoginChallenge',
    { token, ...proof },
    'tokens { accessToken refreshToken } user { id }',
  )

export const sessionOf = ({ tokens }: Pick<LoginAnswer, 'tokens'>): string =>
  decodeJwt<{ sid: string }>(tokens?.accessToken ?? '').sid

export const codesOf = ({ userErrors }: { userErrors: { code: string }[] }): string[] =>
  userErrors.map(({ code }) => code)
