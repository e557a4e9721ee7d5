import { EventEmitter } from 'node:events'
import type { CallerVerifier } from '@guildhall/kit/caller'
import { Forbidden } from '@guildhall/kit/errors'
import { pushIterator } from '@guildhall/kit/push-iterator'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { buildSchema, type ExecutionResult, execute, parse, subscribe } from 'graphql'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

export const issuer = 'http://localhost:4000'

interface Session {
  userId: string
  isActive: boolean
}
interface ToyGrant {
  organizationId: string
  role: string
  permissions: string[]
}

/** Identity and organizations as far as the router sees them. */
export interface ToyIdentity {
  upstreams: { identity: SubgraphUpstream; organizations: SubgraphUpstream }
  /** How often each internal field was asked for. */
  asked: Record<string, number>
  /** While set, both answer nothing. */
  away: boolean
  /** What was read is answered only after this. */
  hold: Promise<void> | undefined
  /** While set, the stream of changes cannot be opened. */
  deaf: boolean
  privateJwk: JWK
  login(userId: string, permissions?: string[]): { sessionId: string; token: Promise<string> }
  /** A token with whatever is wrong with it. */
  token(sessionId: string, over?: TokenOver): Promise<string>
  endSession(sessionId: string): void
  setPermissions(userId: string, permissions: string[]): void
  addKey(): Promise<void>
  /** Breaks the stream of changes; it can be opened again at once. */
  breakStream(): void
  streams(): number
}

export interface TokenOver {
  claims?: JWTPayload
  header?: Record<string, unknown>
  lifetime?: string | null
  issuer?: string
  audience?: string
  key?: CryptoKey | Uint8Array
  alg?: string
}

const schema = buildSchema(/* GraphQL */ `
  type Query {
    signingKeys: [String!]!
    sessionPrincipal(sessionId: ID!): SessionPrincipal
    organizationGrants(userId: ID!): [OrganizationGrant!]!
  }
  type SessionPrincipal { userId: ID! isActive: Boolean! platformRoles: [String!]! }
  type OrganizationGrant { organizationId: ID! role: String! permissions: [String!]! }
  type Subscription { principalChanged: PrincipalChange! }
  type PrincipalChange { userId: ID! sessionId: ID }
`)

export async function createToyIdentity(verify: CallerVerifier): Promise<ToyIdentity> {
  const bus = new EventEmitter()
  const sessions = new Map<string, Session>()
  const grants = new Map<string, ToyGrant[]>()
  const asked: Record<string, number> = { signingKeys: 0, sessionPrincipal: 0, organizationGrants: 0 }
  const keys: { jwk: JWK; privateKey: CryptoKey }[] = []
  const addKey = async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    keys.unshift({
      jwk: { ...(await exportJWK(publicKey)), kid: `key${keys.length}`, alg: 'EdDSA' },
      privateKey,
    })
  }
  await addKey()
  const newest = () => keys[0] as (typeof keys)[number]

  const rootValue = {
    signingKeys: () => {
      asked.signingKeys = (asked.signingKeys ?? 0) + 1
      return keys.map(({ jwk }) => JSON.stringify(jwk))
    },
    sessionPrincipal: ({ sessionId }: { sessionId: string }) => {
      asked.sessionPrincipal = (asked.sessionPrincipal ?? 0) + 1
      const session = sessions.get(sessionId)
      return session ? { ...session, platformRoles: [] } : null
    },
    organizationGrants: ({ userId }: { userId: string }) => {
      asked.organizationGrants = (asked.organizationGrants ?? 0) + 1
      return grants.get(userId) ?? []
    },
  }
  const args = async (
    query: string,
    variables: Record<string, unknown> = {},
    context: string | undefined,
  ) => {
    const caller = await verify(context)
    if (caller.kind !== 'service' || caller.service !== 'router') throw new Forbidden()
    return { schema, document: parse(query), variableValues: variables, rootValue }
  }
  const upstream: SubgraphUpstream = {
    async execute({ query, variables, context }) {
      if (identity.away) throw new Error('away')
      const result = await execute(await args(query, variables, context))
      await identity.hold
      return result
    },
    subscribe({ query, context }) {
      const changes = pushIterator<object>(({ push, fail }) => {
        const hear = (change: object) => push({ principalChanged: change })
        const cut = () => fail(new Error('cut'))
        bus.on('change', hear).on('cut', cut)
        if (identity.away || identity.deaf) cut()
        return () => void bus.off('change', hear).off('cut', cut)
      })
      const opened = args(query, {}, context).then(
        (ready) =>
          subscribe({ ...ready, rootValue: { principalChanged: () => changes } }) as Promise<
            AsyncIterableIterator<ExecutionResult>
          >,
      )
      return {
        [Symbol.asyncIterator]() {
          return this
        },
        next: async () => (await opened).next(),
        return: async () => (await opened).return?.() ?? { done: true, value: undefined },
      }
    },
    close: async () => {},
  }

  const identity: ToyIdentity = {
    upstreams: { identity: upstream, organizations: upstream },
    asked,
    away: false,
    hold: undefined,
    deaf: false,
    get privateJwk() {
      return newest().jwk
    },
    login(userId, permissions = []) {
      const sessionId = `ses_${sessions.size + 1}`
      sessions.set(sessionId, { userId, isActive: true })
      grants.set(userId, [{ organizationId: 'org_1', role: 'member', permissions }])
      return { sessionId, token: identity.token(sessionId) }
    },
    async token(sessionId, over = {}) {
      const { jwk, privateKey } = newest()
      const userId = sessions.get(sessionId)?.userId ?? 'usr_nobody'
      const jwt = new SignJWT({ sid: sessionId, sub: userId, client_id: 'guildhall', ...over.claims })
        .setProtectedHeader({
          alg: over.alg ?? 'EdDSA',
          typ: 'at+jwt',
          kid: jwk.kid as string,
          ...over.header,
        })
        .setIssuer(over.issuer ?? issuer)
        .setAudience(over.audience ?? 'guildhall')
        .setIssuedAt()
      if (over.lifetime !== null) jwt.setExpirationTime(over.lifetime ?? '5m')
      return jwt.sign(over.key ?? privateKey)
    },
    endSession(sessionId) {
      const session = sessions.get(sessionId)
      if (!session) return
      session.isActive = false
      bus.emit('change', { userId: session.userId, sessionId })
    },
    setPermissions(userId, permissions) {
      grants.set(userId, [{ organizationId: 'org_1', role: 'member', permissions }])
      bus.emit('change', { userId, sessionId: null })
    },
    addKey,
    breakStream: () => void bus.emit('cut'),
    streams: () => bus.listenerCount('change'),
  }
  return identity
}
