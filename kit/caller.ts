import { decodeProtectedHeader, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { Unauthenticated } from './errors.ts'

/** HTTP header that carries the signed caller context from the router to a subgraph. */
export const contextHeader = 'x-guildhall-context'

/** Longest life of a signed context, in seconds: bounds what a leaked one is worth. */
export const contextLifetimeSeconds = 60

/** `kid` of the key pair that our services share to call each other. */
export const servicesKeyId = 'services'

const issuer = 'guildhall-router'
const audience = 'guildhall-subgraphs'

const grantSchema = z.object({
  role: z.string(),
  /** What holds for everything in the organization. */
  permissions: z.array(z.string()),
  /** Object id (a team, a project) → what holds for this object alone. */
  scoped: z.record(z.string(), z.array(z.string())).optional(),
})

const callerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anonymous') }),
  z.object({
    kind: z.literal('user'),
    userId: z.string(),
    sessionId: z.string(),
    platformRoles: z.array(z.string()),
    /** Organization id → what the user may do there. */
    grants: z.record(z.string(), grantSchema),
    /** Permissions over the platform as a whole, which follow from the platform roles. */
    platformPermissions: z.array(z.string()).optional(),
    /** Unix milliseconds: until then the person counts as having just proved who they are, see `requireStepUp`. */
    steppedUpUntilMs: z.number().optional(),
    /** Who acts in the person's name, if it is not the person. */
    impersonatorId: z.string().optional(),
    /** The session may look and not change anything. */
    isReadOnly: z.boolean().optional(),
    /** A key or token that was made for less: nothing beyond these permissions, however the person came to hold it. */
    narrowedTo: z.array(z.string()).optional(),
  }),
  z.object({ kind: z.literal('service'), service: z.string() }),
])

/** Who is calling: nobody, a person with a session, or one of our own processes. */
export type Caller = z.infer<typeof callerSchema>
export type UserCaller = Extract<Caller, { kind: 'user' }>
export type Grant = z.infer<typeof grantSchema>

export const anonymous: Caller = { kind: 'anonymous' }

/** Signs a caller for the subgraphs. */
export type CallerSigner = (caller: Caller) => Promise<string>

/** Verifies a signed context; throws {@link Unauthenticated} for anything else. */
export type CallerVerifier = (token: string | undefined) => Promise<Caller>

/**
 * Signs callers with the router's Ed25519 key.
 *
 * @param privateJwk the private key as JWK; its `kid`, if any, goes into the header so that two keys can overlap.
 */
export async function createCallerSigner(privateJwk: JWK): Promise<CallerSigner> {
  const key = await importJWK(privateJwk, 'EdDSA')
  return (caller) =>
    new SignJWT({ caller })
      .setProtectedHeader({
        alg: 'EdDSA',
        typ: 'ctx+jwt',
        ...(privateJwk.kid ? { kid: privateJwk.kid } : {}),
      })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${contextLifetimeSeconds}s`)
      .sign(key)
}

/**
 * Verifies contexts signed by {@link createCallerSigner}. A token is verified once and remembered until it expires,
 * because the router reuses one token for all requests of a principal.
 *
 * @param routerJwk the router's public key, trusted for every kind of caller.
 * @param servicesJwk the public key our own services sign with when they ask each other; trusted for the kind
 *   `service` alone, so that a service can never speak in a person's name.
 */
export async function createCallerVerifier(routerJwk: JWK, servicesJwk?: JWK): Promise<CallerVerifier> {
  const routerKey = await importJWK(routerJwk, 'EdDSA')
  const servicesKey = servicesJwk ? await importJWK(servicesJwk, 'EdDSA') : null
  const known = new Map<string, { caller: Caller; expiresAtSeconds: number }>()
  return async (token) => {
    if (!token) throw new Unauthenticated('This service answers only to the router.')
    const hit = known.get(token)
    // Token lifetimes are wall-clock facts of the transport, not domain time: the injected clock does not apply.
    const nowSeconds = Date.now() / 1000
    if (hit && hit.expiresAtSeconds > nowSeconds) return hit.caller
    try {
      const fromService = servicesKey !== null && decodeProtectedHeader(token).kid === servicesKeyId
      const { payload } = await jwtVerify(token, fromService ? servicesKey : routerKey, {
        algorithms: ['EdDSA'],
        issuer,
        audience,
        typ: 'ctx+jwt',
        requiredClaims: ['exp', 'iat'],
        maxTokenAge: `${contextLifetimeSeconds + 5}s`,
        clockTolerance: 5,
      })
      const caller = callerSchema.parse(payload.caller)
      if (fromService && caller.kind !== 'service') throw new Error('a service key cannot vouch for people')
      if (known.size >= 5_000) known.clear()
      known.set(token, { caller, expiresAtSeconds: payload.exp ?? 0 })
      return caller
    } catch (cause) {
      throw new Unauthenticated('This service answers only to the router.', cause)
    }
  }
}

/** The permissions a caller holds anywhere: what `@requiresScopes` is measured against. */
export function scopesOf(caller: Caller): ReadonlySet<string> {
  if (caller.kind !== 'user') return none
  const known = scopesByCaller.get(caller)
  if (known) return known
  const scopes = new Set([
    ...(caller.platformPermissions ?? []),
    ...Object.values(caller.grants).flatMap(({ permissions, scoped = {} }) => [
      ...permissions,
      ...Object.values(scoped).flat(),
    ]),
  ])
  scopesByCaller.set(caller, scopes)
  return scopes
}

const none: ReadonlySet<string> = new Set()
/** A verified context gives the same object each time: its scopes are gathered once. */
const scopesByCaller = new WeakMap<Caller, ReadonlySet<string>>()
