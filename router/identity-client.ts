import { HouseError, ServiceUnavailable } from '@guildhall/kit/errors'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { ExecutionResult } from 'graphql'
import type { JWK } from 'jose'
import { z } from 'zod'

/** The questions that the router asks our own domains, as the service `router`. */
export interface IdentityClient {
  signingKeys(): Promise<readonly JWK[]>
  /** Null when there is no such session, or it has ended. */
  session(sessionId: string): Promise<{ userId: string; platformRoles: string[] } | null>
  /** Organization → what the user may do there. */
  grants(userId: string): Promise<Record<string, { role: string; permissions: string[] }>>
  /** Whose rights changed, from now on. */
  changes(): Promise<Changes>
}

type Changes = AsyncIterableIterator<{ userId: string; sessionId: string | null }>

const keysSchema = z.object({ signingKeys: z.array(z.string()) })
const sessionSchema = z.object({
  sessionPrincipal: z
    .object({ userId: z.string(), isActive: z.boolean(), platformRoles: z.array(z.string()) })
    .nullable(),
})
const grantsSchema = z.object({
  organizationGrants: z.array(
    z.object({ organizationId: z.string(), role: z.string(), permissions: z.array(z.string()) }),
  ),
})
const changeSchema = z.object({
  principalChanged: z.object({ userId: z.string(), sessionId: z.string().nullable() }),
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
  ) => {
    const request = { query, variables, context: await signedContext() }
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
        'query ($sessionId: ID!) { sessionPrincipal(sessionId: $sessionId) { userId isActive platformRoles } }',
        { sessionId },
      )
      return sessionPrincipal?.isActive ? sessionPrincipal : null
    },
    async grants(userId) {
      const { organizationGrants } = await ask(
        'organizations',
        grantsSchema,
        'query ($userId: ID!) { organizationGrants(userId: $userId) { organizationId role permissions } }',
        { userId },
      )
      return Object.fromEntries(
        organizationGrants.map(({ organizationId, role, permissions }) => [
          organizationId,
          { role, permissions },
        ]),
      )
    },
    async changes() {
      const events = upstream('identity').subscribe({
        query: 'subscription { principalChanged { userId sessionId } }',
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
