import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readConfig } from '@guildhall/kit/config'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { root } from './support/sources.ts'

const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

const realmSchema = z.object({
  realm: z.string(),
  enabled: z.literal(true),
  clients: z.array(
    z.object({
      clientId: z.string(),
      publicClient: z.boolean(),
      standardFlowEnabled: z.boolean(),
      implicitFlowEnabled: z.boolean(),
      directAccessGrantsEnabled: z.boolean(),
      redirectUris: z.array(z.string()),
      attributes: z.record(z.string(), z.string()),
      protocolMappers: z.array(
        z.object({ protocolMapper: z.string(), config: z.record(z.string(), z.string()) }),
      ),
    }),
  ),
  users: z.array(z.object({ username: z.string(), email: z.email(), emailVerified: z.boolean() })),
})

const realm = realmSchema.parse(JSON.parse(read('deploy/keycloak/guildhall-realm.json')))
const issuer = `http://localhost:8080/realms/${realm.realm}`

/** What the page tells people to put into OIDC_ISSUERS, each read as a process would read it. */
const documented = [...read('docs/identity.md').matchAll(/OIDC_ISSUERS='([^']+)'/g)].map(
  ([, json]) => readConfig({ OIDC_ISSUERS: json }).OIDC_ISSUERS[0],
)

it('the realm has one public client, for the code flow with PKCE and nothing else', () => {
  expect(realm.clients).toEqual([
    expect.objectContaining({
      clientId: 'guildhall',
      publicClient: true,
      standardFlowEnabled: true,
      implicitFlowEnabled: false,
      directAccessGrantsEnabled: false,
      attributes: expect.objectContaining({ 'pkce.code.challenge.method': 'S256' }),
    }),
  ])
  for (const { redirectUris } of realm.clients) {
    expect(redirectUris).toContain('http://localhost:4000/auth/callback')
    expect(redirectUris.filter((url) => url.includes('*'))).toEqual([])
  }
})

it('its access tokens name the audience that is documented, its ID tokens do not', () => {
  const [audience, ...more] = realm.clients.flatMap(({ protocolMappers }) => protocolMappers)
  expect(more).toEqual([])
  expect(audience).toMatchObject({
    protocolMapper: 'oidc-audience-mapper',
    config: {
      'included.client.audience': 'guildhall',
      'access.token.claim': 'true',
      'id.token.claim': 'false',
    },
  })
})

it('the page names the issuer, client and audience of this realm', () => {
  const ofRealm = documented.filter((one) => one?.issuer === issuer)
  expect(ofRealm.length).toBeGreaterThan(0)
  for (const one of ofRealm) {
    expect(one).toMatchObject({ clientId: 'guildhall', tokenAudience: 'guildhall' })
  }
})

it('has people to log in with', () => {
  expect(realm.users.map(({ username }) => username)).toEqual(['ada', 'konrad'])
  for (const { emailVerified } of realm.users) expect(emailVerified).toBe(true)
})

it('is imported by the container, which has the same name for browsers and for us', () => {
  const compose = read('docker-compose.yml')
  const [service = ''] = /\n {2}keycloak:\n(?: {4}.*\n)+/.exec(compose) ?? []
  expect(service).toContain('command: ["start-dev", "--import-realm"]')
  expect(service).toContain('volumes: ["./deploy/keycloak:/opt/keycloak/data/import:ro"]')
  expect(service).toContain(`KC_HOSTNAME: ${new URL(issuer).origin}`)
  expect(service).toContain('KC_HOSTNAME_BACKCHANNEL_DYNAMIC: "true"')
  expect(compose).toMatch(/x-environment:[\s\S]*?OIDC_ISSUERS: \$\{OIDC_ISSUERS:-\}[\s\S]*?\nx-domain:/)
})
