import type { Grant } from '@guildhall/kit/caller'
import type { Client } from '@guildhall/kit/context'
import { HouseError, ServiceUnavailable } from '@guildhall/kit/errors'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { ExecutionResult } from 'graphql'
import type { JWK } from 'jose'
import { z } from 'zod'
import { headersOf } from './client.ts'
import type { ExternalPerson } from './proof.ts'

/** The questions that the router asks our own domains, as the service `router`. */
export interface IdentityClient {
  signingKeys(): Promise<readonly JWK[]>
  /** Null when there is no such session. */
  session(sessionId: string): Promise<SessionPrincipal | null>
  /** @param keyHash SHA-256 of the whole key, base64url. */
  apiKey(keyHash: string): Promise<SessionPrincipal | null>
  /** Whose account an external person has here, which may be made now. Null when there is none. */
  admit(person: ExternalPerson, client: Client): Promise<SessionPrincipal | null>
  /** Organization → what the user may do there. */
  grants(userId: string): Promise<Record<string, Grant>>
  /** Whose rights changed, from now on. */
  changes(): Promise<Changes>
}

export type PrincipalChange = z.infer<typeof changeSchema>['principalChanged']
export type SessionPrincipal = z.infer<typeof principalSchema>
type Changes = AsyncIterableIterator<PrincipalChange>

const keysSchema = z.object({ signingKeys: z.array(z.string()) })
/** Who somebody is by a session, an API key or an external token, as far as identity knows. */
const principalSchema = z.object({
  sessionId: z.string(),
  userId: z.string(),
  isActive: z.boolean(),
  platformRoles: z.array(z.string()),
  platformPermissions: z.array(z.string()),
  steppedUpUntil: z.string().nullable(),
  impersonatorId: z.string().nullable(),
  isReadOnly: z.boolean(),
  /** Only these permissions; null: everything that the person may. */
  scopes: z.array(z.string()).nullable(),
  /** Only in this organization; null: in any. */
  organizationId: z.string().nullable(),
  /** Only from these addresses and networks; null: from anywhere. */
  addresses: z.array(z.string()).nullable(),
  expiresAt: z.string().nullable(),
})
const principalFields = `{ ${Object.keys(principalSchema.shape).join(' ')} }`
const sessionSchema = z.object({ sessionPrincipal: principalSchema.nullable() })
const apiKeySchema = z.object({ apiKeyPrincipal: principalSchema.nullable() })
const admissionSchema = z.object({ admitExternalToken: z.object({ principal: principalSchema.nullable() }) })
const grantsSchema = z.object({
  organizationGrants: z.array(
    z.object({
      organizationId: z.string(),
      role: z.string(),
      permissions: z.array(z.string()),
      scoped: z.array(z.object({ objectId: z.string(), permissions: z.array(z.string()) })),
    }),
  ),
})
const changeSchema = z.object({
  principalChanged: z.object({
    userId: z.string(),
    sessionId: z.string().nullable(),
    areKeysChanged: z.boolean(),
  }),
})
/** These members alone: what is published must not carry a private part, whatever identity sends. */
const jwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.string().default('EdDSA'),
  use: z.string().default('sig'),
})

/** @param signedContext the context of the service `router`. */
export function createIdentityClient(
  upstreams: Readonly<Record<string, SubgraphUpstream>>,
  signedContext: () => Promise<string>,
): IdentityClient {
  const upstream = (domain: string): SubgraphUpstream => {
    const found = upstreams[domain]
    if (!found) throw new ServiceUnavailable(undefined, new Error(`no upstream for ${domain}`))
    return found
  }
  const ask = async <Data>(
    domain: string,
    schema: z.ZodType<Data>,
    query: string,
    variables: Record<string, unknown> = {},
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const request = { query, variables, headers, context: await signedContext() }
    return read(schema, await upstream(domain).execute(request).catch(unavailable))
  }

  return {
    async signingKeys() {
      const { signingKeys } = await ask('identity', keysSchema, '{ signingKeys }')
      return signingKeys.map((text) => jwkSchema.parse(JSON.parse(text)))
    },
    async session(sessionId) {
      const { sessionPrincipal } = await ask(
        'identity',
        sessionSchema,
        `query ($sessionId: ID!) { sessionPrincipal(sessionId: $sessionId) ${principalFields} }`,
        { sessionId },
      )
      return sessionPrincipal
    },
    async apiKey(keyHash) {
      const { apiKeyPrincipal } = await ask(
        'identity',
        apiKeySchema,
        `query ($keyHash: String!) { apiKeyPrincipal(keyHash: $keyHash) ${principalFields} }`,
        { keyHash },
      )
      return apiKeyPrincipal
    },
    async admit(person, client) {
      const { admitExternalToken } = await ask(
        'identity',
        admissionSchema,
        `mutation ($input: AdmitExternalTokenInput!) {
          admitExternalToken(input: $input) { principal ${principalFields} }
        }`,
        { input: person },
        headersOf(client),
      )
      return admitExternalToken.principal
    },
    async grants(userId) {
      const { organizationGrants } = await ask(
        'organizations',
        grantsSchema,
        `query ($userId: ID!) {
          organizationGrants(userId: $userId) { organizationId role permissions scoped { objectId permissions } }
        }`,
        { userId },
      )
      return Object.fromEntries(
        organizationGrants.map(({ organizationId, role, permissions, scoped }) => [
          organizationId,
          {
            role,
            permissions,
            // Mostly there is nothing, and every signed context would carry it.
            ...(scoped.length > 0
              ? { scoped: Object.fromEntries(scoped.map((one) => [one.objectId, one.permissions])) }
              : {}),
          },
        ]),
      )
    },
    async changes() {
      const events = upstream('identity').subscribe({
        query: 'subscription { principalChanged { userId sessionId areKeysChanged } }',
        context: await signedContext(),
      })
      const changes: Changes = {
        [Symbol.asyncIterator]() {
          return this
        },
        async next() {
          const { done, value } = await events.next()
          if (done) return { done: true, value: undefined }
          return { done: false, value: read(changeSchema, value).principalChanged }
        },
        async return() {
          await events.return?.()
          return { done: true, value: undefined }
        },
      }
      return changes
    },
  }
}

/** Whatever went wrong over there says nothing about the caller. */
function unavailable(error: unknown): never {
  throw error instanceof HouseError ? error : new ServiceUnavailable(undefined, error)
}

function read<Data>(schema: z.ZodType<Data>, { data, errors }: ExecutionResult): Data {
  const parsed = schema.safeParse(data)
  if (parsed.success && !errors?.length) return parsed.data
  throw new ServiceUnavailable(undefined, errors?.[0] ?? parsed.error)
}
