import { createHash } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { CallerVerifier } from '@guildhall/kit/caller'
import { Forbidden } from '@guildhall/kit/errors'
import { pushIterator } from '@guildhall/kit/push-iterator'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { type ExecutionResult, execute, parse, subscribe } from 'graphql'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { principalOf, schema, type ToyPrincipal } from './toy-identity-schema.ts'

export const issuer = 'http://localhost:4000'

interface ToyGrant {
  organizationId: string
  role: string
  permissions: string[]
  scoped: { objectId: string; permissions: string[] }[]
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
  /** What signs the tokens. */
  signingKey: CryptoKey
  /** While set, keys cannot be asked for. */
  hidesKeys: boolean
  login(
    userId: string,
    permissions?: string[],
    over?: Partial<ToyPrincipal>,
  ): { sessionId: string; token: Promise<string> }
  /** A new API key of a person, who keeps the grants that there are. */
  apiKey(userId: string, over?: Partial<ToyPrincipal>): { keyId: string; key: string }
  /** `issuer subject` → whose account that is; nobody else is admitted. */
  accounts: Map<string, string>
  /** What routers asked to be admitted, oldest first. */
  admissions: object[]
  /** Changes what is said of a session or key, and tells. */
  alter(sessionId: string, over: Partial<ToyPrincipal>): void
  /** A token with whatever is wrong with it. */
  token(sessionId: string, over?: TokenOver): Promise<string>
  endSession(sessionId: string): void
  setPermissions(userId: string, permissions: string[], organizationIds?: string[]): void
  /** Gives permissions over one object alone, and tells. */
  setScoped(userId: string, objectId: string, permissions: string[]): void
  addKey(): Promise<void>
  /** The newest key is in the wrong hands: another takes its place, and routers are told. */
  revokeKey(): Promise<void>
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

export async function createToyIdentity(verify: CallerVerifier): Promise<ToyIdentity> {
  const bus = new EventEmitter()
  const sessions = new Map<string, ToyPrincipal>()
  const apiKeys = new Map<string, ToyPrincipal>()
  const accounts = new Map<string, string>()
  const admissions: object[] = []
  const grants = new Map<string, ToyGrant[]>()
  const asked: Record<string, number> = {
    signingKeys: 0,
    sessionPrincipal: 0,
    apiKeyPrincipal: 0,
    organizationGrants: 0,
  }
  let made = 0
  const keys: { jwk: JWK; privateKey: CryptoKey }[] = []
  const addKey = async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    keys.unshift({
      jwk: { ...(await exportJWK(publicKey)), kid: `key${made++}`, alg: 'EdDSA' },
      privateKey,
    })
  }
  await addKey()
  const change = (facts: object) =>
    void bus.emit('change', { sessionId: null, areKeysChanged: false, ...facts })
  const newest = () => keys[0] as (typeof keys)[number]

  const rootValue = {
    signingKeys: () => {
      asked.signingKeys = (asked.signingKeys ?? 0) + 1
      if (identity.hidesKeys) throw new Error('no keys today')
      return keys.map(({ jwk }) => JSON.stringify(jwk))
    },
    sessionPrincipal: ({ sessionId }: { sessionId: string }) => {
      asked.sessionPrincipal = (asked.sessionPrincipal ?? 0) + 1
      return sessions.get(sessionId) ?? null
    },
    apiKeyPrincipal: ({ keyHash }: { keyHash: string }) => {
      asked.apiKeyPrincipal = (asked.apiKeyPrincipal ?? 0) + 1
      return apiKeys.get(keyHash) ?? null
    },
    admitExternalToken: ({ input }: { input: { issuer: string; subject: string } }) => {
      admissions.push({ ...input })
      const userId = accounts.get(`${input.issuer} ${input.subject}`)
      if (!userId) return { principal: null }
      const principal = principalOf(`xid_${userId}`, userId)
      sessions.set(principal.sessionId, principal)
      return { principal }
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
    hidesKeys: false,
    get signingKey() {
      return newest().privateKey
    },
    get privateJwk() {
      return newest().jwk
    },
    accounts,
    admissions,
    login(userId, permissions = [], over = {}) {
      const sessionId = `ses_${sessions.size + 1}`
      sessions.set(sessionId, { ...principalOf(sessionId, userId), ...over })
      grants.set(userId, [toyGrant('org_1', permissions)])
      return { sessionId, token: identity.token(sessionId) }
    },
    apiKey(userId, over = {}) {
      const keyId = `key_${sessions.size + 1}`
      const key = `ghk_${keyId}_${'x'.repeat(32)}`
      const principal = { ...principalOf(keyId, userId), ...over }
      sessions.set(keyId, principal)
      apiKeys.set(createHash('sha256').update(key).digest('base64url'), principal)
      return { keyId, key }
    },
    alter(sessionId, over) {
      const principal = sessions.get(sessionId)
      if (!principal) throw new Error(`there is no ${sessionId}`)
      Object.assign(principal, over)
      change({ userId: principal.userId, sessionId })
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
      identity.alter(sessionId, { isActive: false })
    },
    setPermissions(userId, permissions, organizationIds = ['org_1']) {
      grants.set(
        userId,
        organizationIds.map((organizationId) => toyGrant(organizationId, permissions)),
      )
      change({ userId })
    },
    setScoped(userId, objectId, permissions) {
      grants.set(userId, [{ ...toyGrant('org_1', []), scoped: [{ objectId, permissions }] }])
      change({ userId })
    },
    addKey,
    async revokeKey() {
      keys.shift()
      await addKey()
      change({ userId: '', areKeysChanged: true })
    },
    breakStream: () => void bus.emit('cut'),
    streams: () => bus.listenerCount('change'),
  }
  return identity
}

const toyGrant = (organizationId: string, permissions: string[]): ToyGrant => ({
  organizationId,
  role: 'member',
  permissions,
  scoped: [],
})
