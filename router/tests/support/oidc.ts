import { createHash, randomBytes } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { type ClientMetadata, Provider } from 'oidc-provider'

const redirectUri = 'http://127.0.0.1:1/back'
const resource = 'urn:guildhall:api'
const client: ClientMetadata = {
  client_id: 'house',
  client_secret: 'house-secret-house-secret-house-secret',
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  redirect_uris: [redirectUri],
}

/** What a login at the provider gives. */
export interface OidcTokens {
  access_token: string
  id_token: string
  refresh_token: string
}

/** A real OpenID Connect provider on a port of its own. */
export interface OidcServer {
  issuer: string
  /** Path → how often it was asked for. */
  asked: Record<string, number>
  /** While set, every request is answered with 503. */
  isAway: boolean
  /** Signs with this, as the provider does. */
  privateJwk: JWK
  /** Everything at the provider anew, with another key. */
  rotate(): Promise<void>
  /** Logs a person in through the browser and trades the code. */
  login(subject: string): Promise<OidcTokens>
  close(): Promise<void>
}

/** @param audience what its access tokens name. */
export async function startOidcProvider(audience: string): Promise<OidcServer> {
  let handle: RequestListener = (_request, response) => void response.end()
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    oidc.asked[path] = (oidc.asked[path] ?? 0) + 1
    if (oidc.isAway) response.writeHead(503).end()
    else handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const oidc: OidcServer = {
    issuer,
    asked: {},
    isAway: false,
    privateJwk: {} as JWK,
    async rotate() {
      const { privateKey } = await generateKeyPair('RS256', { extractable: true })
      const kid = `rsa-${randomBytes(4).toString('hex')}`
      oidc.privateJwk = { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }
      handle = createProvider(issuer, audience, oidc.privateJwk).callback()
    },
    login: (subject) => login(issuer, subject),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  await oidc.rotate()
  return oidc
}

function createProvider(issuer: string, audience: string, jwk: JWK): Provider {
  return new Provider(issuer, {
    clients: [client],
    jwks: { keys: [jwk as never] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    scopes: ['openid', 'offline_access', 'email', 'profile'],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    issueRefreshToken: () => true,
    extraTokenClaims: (_ctx, token) => ({
      ...('accountId' in token ? { email: `${token.accountId}@elsewhere.test`, email_verified: true } : {}),
      name: 'Somebody Else',
    }),
    // Nobody is asked for consent.
    async loadExistingGrant(ctx) {
      const { client: asking, session } = ctx.oidc
      if (!asking || !session?.accountId) return undefined
      const grant = new ctx.oidc.provider.Grant({
        clientId: asking.clientId,
        accountId: session.accountId,
      })
      grant.addOIDCScope('openid email profile offline_access')
      grant.addResourceScope(resource, 'api')
      await grant.save()
      return grant
    },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: 'api', audience, accessTokenFormat: 'jwt' }),
      },
    },
  })
}

/** A browser as far as a login needs one: it follows redirects, keeps cookies, and fills in the form. */
async function login(issuer: string, subject: string): Promise<OidcTokens> {
  const verifier = randomBytes(32).toString('base64url')
  const cookies = new Map<string, string>()
  const visit = async (url: string, form?: Record<string, string>): Promise<string> => {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/s)
      cookies.set(name, value)
    }
    const next = response.headers.get('location')
    if (next?.startsWith(redirectUri)) return new URL(next).searchParams.get('code') ?? ''
    if (next) return visit(new URL(next, url).href)
    const action = /<form[^>]* action="([^"]+)"/.exec(await response.text())?.[1]
    if (!action || form) throw new Error(`${url} answered ${response.status}`)
    return visit(action, { prompt: 'login', login: subject, password: 'any' })
  }
  const code = await visit(
    `${issuer}/auth?${new URLSearchParams({
      client_id: 'house',
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email profile offline_access',
      prompt: 'login',
      nonce: randomBytes(8).toString('hex'),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })}`,
  )
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`house:${client.client_secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  })
  return (await response.json()) as OidcTokens
}
