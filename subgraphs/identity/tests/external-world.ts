import { createWorld, type Person, type SeenError, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { externalIdentities, externalLogins, oneTimeTokens, sessions, users } from '../tables.ts'
import { type Account, freshEmail } from './accounts.ts'
import { type IssuerAccount, redirectUrl, startIssuer, type TestIssuer } from './issuer.ts'

/** A world that trusts real issuers. */
export interface ExternalWorld {
  world: World
  /** Public client, addresses behind user info; opens accounts; its tokens are taken directly. */
  north: TestIssuer
  /** Confidential client, addresses in the ID token; opens no accounts. */
  south: TestIssuer
  /** Found by a metadata address of its own, which tests write. */
  west: TestIssuer
  close(): Promise<void>
}

const secret = 'a secret between two, for tests alone'
export const westMetadata = '/elsewhere/.well-known/openid-configuration'

export async function createExternalWorld(): Promise<ExternalWorld> {
  const north = await startIssuer({ client_id: 'guildhall', token_endpoint_auth_method: 'none' })
  const south = await startIssuer(
    { client_id: 'guildhall south', client_secret: secret },
    { hasFullIdTokens: true },
  )
  const west = await startIssuer({ client_id: 'guildhall', token_endpoint_auth_method: 'none' })
  process.env.OIDC_ISSUERS = JSON.stringify([
    { name: 'north', label: 'North', issuer: north.url, clientId: 'guildhall', tokenAudience: 'guildhall' },
    {
      name: 'south',
      label: 'South',
      issuer: south.url,
      clientId: 'guildhall south',
      clientSecret: secret,
      provision: false,
    },
    {
      name: 'west',
      label: 'West',
      issuer: west.url,
      metadataUrl: west.url + westMetadata,
      clientId: 'guildhall',
    },
  ])
  const world = await createWorld()
  return {
    world,
    north,
    south,
    west,
    close: async () => {
      await world.close()
      for (const issuer of [north, south, west]) await issuer.close()
    },
  }
}

export interface Started {
  authorizationUrl: string
  flowToken: string
  expiresAt: string
}

export interface Completed {
  tokens: { accessToken: string; refreshToken: string } | null
  challenge: { token: string; methods: string[] } | null
  user: { id: string } | null
  link: { token: string; email: string; expiresAt: string } | null
  externalIdentity: { id: string; label: string; issuer: { name: string } | null } | null
  returnTo: string | null
  userErrors: SeenError[]
}

const completedSelection =
  'tokens { accessToken refreshToken } challenge { token methods } user { id } link { token email expiresAt } externalIdentity { id label issuer { name } } returnTo'

export const start = (by: Person, input: object = {}) =>
  by.mutate<Started>(
    'startExternalLogin',
    { issuer: 'north', redirectUrl, returnTo: '/events?page=2', ...input },
    'authorizationUrl flowToken expiresAt',
  )

export const startLink = (by: Person, input: object = {}) =>
  by.mutate<Started>(
    'startExternalLink',
    { issuer: 'north', redirectUrl, returnTo: '/account', ...input },
    'authorizationUrl flowToken expiresAt',
  )

export const complete = (by: Person, flowToken: string, callbackUrl: string) =>
  by.mutate<Completed>('completeExternalLogin', { flowToken, callbackUrl }, completedSelection)

/** There and back, all honest. */
export async function logInAt(
  world: World,
  issuer: TestIssuer,
  subject: string,
  name = 'north',
): Promise<Completed> {
  const { authorizationUrl, flowToken } = await start(world.anonymous, { issuer: name })
  return complete(world.anonymous, flowToken, await issuer.visit(authorizationUrl, subject))
}

/** The person behind a session, who has just proved who they are. */
export const fresh = (world: World, { userId, sessionId }: Pick<Account, 'userId' | 'sessionId'>): Person =>
  world.personWith({
    kind: 'user',
    userId,
    sessionId,
    platformRoles: [],
    grants: {},
    steppedUpUntilMs: Date.UTC(2100, 0),
  })

/** The person behind a session whose last proof is too old for what is dangerous. */
export const stale = (world: World, { userId, sessionId }: Pick<Account, 'userId' | 'sessionId'>): Person =>
  world.personWith({ kind: 'user', userId, sessionId, platformRoles: [], grants: {} })

export const codesOf = ({ userErrors }: { userErrors: SeenError[] }) => userErrors.map(({ code }) => code)

/** Everything that an external login may write, but for the way itself. */
export const written = async (world: World) => ({
  users: await world.rows(users),
  identities: await world.rows(externalIdentities),
  sessions: await world.rows(sessions),
  tokens: await world.rows(oneTimeTokens),
})

export const identitiesOf = (world: World, userId: string) =>
  world.rows(externalIdentities, eq(externalIdentities.userId, userId))

export const openFlows = async (world: World) =>
  (await world.rows(externalLogins)).filter(({ usedAt }) => usedAt === null).length

export const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

/** Somebody with a verified address of their own, whom no account here belongs to yet. */
export function stranger(at: TestIssuer, claims: IssuerAccount = {}): { subject: string; email: string } {
  const email = freshEmail()
  const subject = `subject of ${email}`
  at.accounts.set(subject, { email, email_verified: true, name: 'Grace', ...claims })
  return { subject, email }
}

/** Has somebody prove their address, as the link in a mail would. */
export const verify = (world: World, userId: string) =>
  world.host.database.db
    .update(users)
    .set({ emailVerifiedAt: world.clock.now(), status: 'ACTIVE' })
    .where(eq(users.id, userId))
