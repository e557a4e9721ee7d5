import type { Client } from '@guildhall/kit/context'
import { RateLimited, ServiceUnavailable, Unauthenticated } from '@guildhall/kit/errors'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import { headersOf, unknownClient } from './client.ts'
import type { Principals } from './principals.ts'
import type { TokenVerifier } from './tokens.ts'

/** Tokens of our identity, for those who speak OAuth and not GraphQL. */
export interface TokenService {
  /** The public URL of this installation. */
  issuer: string
  /** Trades an API key for an access token. @returns the code of the user error when there is none. */
  issue(request: ServiceTokenRequest, client: Client): Promise<IssuedToken | string>
  /** Trades a refresh token for the next pair. @returns the code of the user error when there is none. */
  refresh(refreshToken: string, client: Client): Promise<IssuedToken | string>
  /** Ends what the token belongs to; unknown tokens are as good as ended. */
  revoke(token: string, client: Client): Promise<void>
  /** What an access token of ours says and may do; undefined for everything else and for what has ended. */
  introspect(token: string): Promise<Readonly<Record<string, unknown>> | undefined>
}

export interface ServiceTokenRequest {
  clientId: string
  clientSecret: string
  scopes: readonly string[] | null
}

export interface IssuedToken {
  accessToken: string
  expiresAt: string
  refreshToken?: string
  scopes?: readonly string[] | undefined
}

export interface TokenServiceOptions {
  issuer: string
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  /** The signed context of nobody: whoever asks has shown a secret and is not logged in. */
  anonymousContext: () => Promise<string | undefined>
  tokens: TokenVerifier
  principals: Principals
}

const failures = z.array(z.object({ code: z.string() }))
const issued = z.object({ accessToken: z.string(), accessTokenExpiresAt: z.string() })
const issueSchema = z.object({
  issueServiceToken: z.object({
    token: issued.extend({ scopes: z.array(z.string()).nullable() }).nullable(),
    userErrors: failures,
  }),
})
const refreshSchema = z.object({
  refreshSession: z.object({
    tokens: issued.extend({ refreshToken: z.string() }).nullable(),
    userErrors: failures,
  }),
})
const revokeSchema = z.object({ revokeToken: z.object({ isRevoked: z.boolean().nullable() }) })

export function createTokenService(options: TokenServiceOptions): TokenService {
  const { issuer, tokens, principals } = options
  const ask = async <Data>(schema: z.ZodType<Data>, query: string, input: object, client: Client) => {
    const upstream = options.upstreams.identity
    if (!upstream) throw new ServiceUnavailable(undefined, new Error('no upstream for identity'))
    const { data, errors } = await upstream.execute({
      query,
      variables: { input },
      context: await options.anonymousContext(),
      headers: headersOf(client),
    })
    if (errors?.some(({ extensions }) => extensions?.code === 'RATE_LIMITED')) throw new RateLimited()
    const parsed = schema.safeParse(data)
    if (!parsed.success || errors?.length)
      throw new ServiceUnavailable(undefined, errors?.[0] ?? parsed.error)
    return parsed.data
  }

  return {
    issuer,
    async issue(request, client) {
      const { issueServiceToken } = await ask(
        issueSchema,
        `mutation ($input: IssueServiceTokenInput!) {
          issueServiceToken(input: $input) { token { accessToken accessTokenExpiresAt scopes } userErrors { code } }
        }`,
        request,
        client,
      )
      const { token, userErrors } = issueServiceToken
      if (!token) return codeOf(userErrors)
      return {
        accessToken: token.accessToken,
        expiresAt: token.accessTokenExpiresAt,
        scopes: token.scopes ?? undefined,
      }
    },
    async refresh(refreshToken, client) {
      const { refreshSession } = await ask(
        refreshSchema,
        `mutation ($input: RefreshSessionInput!) {
          refreshSession(input: $input) { tokens { accessToken accessTokenExpiresAt refreshToken } userErrors { code } }
        }`,
        { refreshToken },
        client,
      )
      const { tokens: next, userErrors } = refreshSession
      if (!next) return codeOf(userErrors)
      const { accessToken, accessTokenExpiresAt: expiresAt, refreshToken: successor } = next
      return { accessToken, expiresAt, refreshToken: successor }
    },
    async revoke(token, client) {
      await ask(
        revokeSchema,
        'mutation ($input: RevokeTokenInput!) { revokeToken(input: $input) { isRevoked } }',
        { token },
        client,
      )
    },
    async introspect(token) {
      try {
        const proof = await tokens.verify(token)
        if (proof.kind !== 'session') return undefined
        // Whoever asks is not whom the token was made for: its addresses say nothing about them.
        const { grants, expiresAtSeconds } = await principals.find(proof, unknownClient)
        const { iss, sub, aud, iat, jti, sid, client_id } = decodeJwt(token)
        const exp = Math.floor(Math.min(proof.expiresAtSeconds, expiresAtSeconds))
        const scope = [...grants.scopes].sort().join(' ')
        return { iss, sub, aud, iat, exp, jti, sid, client_id, scope, token_type: 'Bearer' }
      } catch (error) {
        if (error instanceof Unauthenticated) return undefined
        throw error
      }
    },
  }
}

const codeOf = (userErrors: z.infer<typeof failures>): string => userErrors[0]?.code ?? ''
