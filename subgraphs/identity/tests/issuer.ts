import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { type ClientMetadata, Provider } from 'oidc-provider'

/** What the issuer knows of somebody. */
export interface IssuerAccount {
  email?: string
  email_verified?: boolean
  name?: string
  preferred_username?: string
}

/** A real OpenID Connect provider on loopback, whose login page is a header of the request. */
export interface TestIssuer {
  url: string
  accounts: Map<string, IssuerAccount>
  /** Follows a browser that logs in as `subject`, or turns back. @returns the address it is sent back to. */
  visit(authorizationUrl: string, subject: string | null): Promise<string>
  /** Paths that answer 503 from now on. */
  unwell: Set<string>
  /** How often each path was asked for. */
  hits: Map<string, number>
  /** Answered instead of the provider's own, by path. */
  documents: Map<string, object>
  close(): Promise<void>
}

export const redirectUrl = 'http://localhost:4000/auth/callback'

/**
 * Starts a provider.
 *
 * @param client what it knows of us, besides our address.
 * @param hasFullIdTokens whether it puts addresses into ID tokens, or only behind the user info endpoint.
 */
export async function startIssuer(
  client: ClientMetadata,
  { hasFullIdTokens = false }: { hasFullIdTokens?: boolean } = {},
): Promise<TestIssuer> {
  const accounts: TestIssuer['accounts'] = new Map()
  const unwell = new Set<string>()
  const hits = new Map<string, number>()
  const documents: TestIssuer['documents'] = new Map()
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = await makeProvider(url, client, accounts, hasFullIdTokens)
  const handle = provider.callback()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', url)
    hits.set(pathname, (hits.get(pathname) ?? 0) + 1)
    const document = documents.get(pathname)
    if (unwell.has(pathname)) response.writeHead(503).end()
    else if (document) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
    } else if (pathname.startsWith('/interaction/')) {
      const subject = request.headers['x-log-in-as']
      await provider.interactionFinished(
        request,
        response,
        typeof subject === 'string' && subject !== ''
          ? { login: { accountId: subject } }
          : { error: 'access_denied' },
      )
    } else await handle(request, response)
  }

  return {
    url,
    accounts,
    unwell,
    hits,
    documents,
    visit: (authorizationUrl, subject) => browse(authorizationUrl, subject ?? ''),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function makeProvider(
  url: string,
  client: ClientMetadata,
  accounts: TestIssuer['accounts'],
  hasFullIdTokens: boolean,
): Promise<Provider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return new Provider(url, {
    clients: [{ redirect_uris: [redirectUrl], ...client }],
    jwks: {
      keys: [
        { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: randomBytes(8).toString('hex') },
      ],
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    conformIdTokenClaims: !hasFullIdTokens,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, ...accounts.get(accountId) }),
    }),
    // Everybody agrees to everything.
    loadExistingGrant: async (ctx) => {
      const { client, session, params, provider } = ctx.oidc
      const grant = new provider.Grant({
        clientId: client?.clientId ?? '',
        accountId: session?.accountId ?? '',
      })
      grant.addOIDCScope(String(params?.scope ?? ''))
      await grant.save()
      return grant
    },
  })
}

/** Goes wherever it is sent, with its cookies, until it is sent back to us. */
async function browse(authorizationUrl: string, subject: string): Promise<string> {
  const cookies = new Map<string, string>()
  let next = authorizationUrl
  for (let steps = 0; steps < 10 && !next.startsWith(redirectUrl); steps++) {
    const response = await fetch(next, {
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'x-log-in-as': subject,
      },
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/s)
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (!location) throw new Error(`${response.status} ${await response.text()}`)
    next = new URL(location, next).href
  }
  return next
}
