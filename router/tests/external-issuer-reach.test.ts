import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { audience, forge, trusted } from './support/external-tokens.ts'
import { startOidcProvider } from './support/oidc.ts'
import { startWorld } from './support/world.ts'

const refused = (message: string) => ({
  status: 401,
  body: { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] },
})
const invalid = refused('The access token is not valid.')

describe('an external issuer', () => {
  it('is asked once however many unknown key ids come in; when it is away, the keys we have go on', async () => {
    const oidc = await startOidcProvider(audience)
    const world = await startWorld('in-process', { externalIssuers: [trusted(oidc.issuer)] })
    try {
      world.identity.accounts.set(`${oidc.issuer} alice`, 'p1')
      const status = async (token: string) => (await world.post('{ me { id } }', { token })).status
      const { access_token: token } = await oidc.login('alice')
      expect(await status(token)).toBe(200)
      const jwksBefore = oidc.asked['/jwks'] ?? 0
      const storm = Array.from({ length: 300 }, async (_, i) =>
        status(await forge(oidc, { kid: `made-up-${i}` })),
      )
      expect(new Set(await Promise.all(storm))).toEqual(new Set([401]))
      expect(oidc.asked['/jwks']).toBe(jwksBefore + 1)
      oidc.isAway = true
      expect(await status(await forge(oidc, {}, { jti: 'another' }))).toBe(200)
      expect(await status(token)).toBe(200)
    } finally {
      await world.close()
      await oidc.close()
    }
  })

  it('may be reached under another address than its name', async () => {
    const oidc = await startOidcProvider(audience)
    const real = await (await fetch(`${oidc.issuer}/.well-known/openid-configuration`)).json()
    const inside = createServer((_, response) => void response.end(JSON.stringify(real)))
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
    const metadataUrl = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/.well-known/openid-configuration`
    const before = oidc.asked['/.well-known/openid-configuration']
    const world = await startWorld('in-process', { externalIssuers: [trusted(oidc.issuer, { metadataUrl })] })
    try {
      world.identity.accounts.set(`${oidc.issuer} alice`, 'p1')
      const { access_token: token } = await oidc.login('alice')
      expect((await world.post('{ me { id } }', { token })).status).toBe(200)
      expect(oidc.asked['/.well-known/openid-configuration']).toBe(before)
    } finally {
      await world.close()
      await oidc.close()
      inside.closeAllConnections()
      inside.close()
    }
  })

  it('may change its keys', async () => {
    const oidc = await startOidcProvider(audience)
    const world = await startWorld('in-process', { externalIssuers: [trusted(oidc.issuer)] })
    try {
      world.identity.accounts.set(`${oidc.issuer} alice`, 'p1')
      const status = async (token: string) => (await world.post('{ me { id } }', { token })).status
      const { access_token: old } = await oidc.login('alice')
      expect(await status(old)).toBe(200)
      await oidc.rotate()
      expect(await status((await oidc.login('alice')).access_token)).toBe(200)
      expect(await status(old)).toBe(401)
    } finally {
      await world.close()
      await oidc.close()
    }
  })

  it('that is away is asked once in ten seconds, and costs nobody else anything', async () => {
    const oidc = await startOidcProvider(audience)
    const world = await startWorld('in-process', { externalIssuers: [trusted(oidc.issuer)] })
    try {
      const { access_token: token } = await oidc.login('alice')
      oidc.isAway = true
      oidc.asked = {}
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => world.post('{ me { id } }', { token })),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
      expect((await world.post('{ me { id } }', { token })).body.errors[0]).toMatchObject({
        message: 'A part of the service is not available, try again.',
        extensions: { code: 'SERVICE_UNAVAILABLE' },
      })
      expect(oidc.asked).toEqual({ '/.well-known/openid-configuration': 1 })
      const { token: own } = world.identity.login('p1')
      expect(await world.post('{ me { id } }', { token: own })).toMatchObject({ status: 200 })
      expect((await fetch(`${world.url}/health/ready`)).status).toBe(200)
    } finally {
      await world.close()
      await oidc.close()
    }
  })

  it('without a token audience, or that calls itself otherwise, is not believed', async () => {
    const oidc = await startOidcProvider(audience)
    const asked: (string | undefined)[] = []
    // Somebody who sends us to the real provider, whose tokens they can have.
    const liar = createServer((request, response) => {
      asked.push(request.url)
      const discovery = { issuer: oidc.issuer, jwks_uri: `${oidc.issuer}/jwks` }
      response.end(JSON.stringify(discovery))
    })
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
    const lying = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`
    const world = await startWorld('in-process', {
      externalIssuers: [trusted(oidc.issuer, { tokenAudience: undefined }), trusted(lying, { name: 'liar' })],
    })
    try {
      world.identity.accounts.set(`${oidc.issuer} alice`, 'p1').set(`${lying} alice`, 'p1')
      const { access_token: token } = await oidc.login('alice')
      oidc.asked = {}
      expect(await world.post('{ me { id } }', { token })).toMatchObject(invalid)
      const lie = await forge(oidc, {}, { iss: lying })
      expect(await world.post('{ me { id } }', { token: lie })).toMatchObject({ status: 503 })
      expect([asked, oidc.asked]).toEqual([['/.well-known/openid-configuration'], {}])
      expect(world.identity.admissions).toEqual([])
    } finally {
      await world.close()
      await oidc.close()
      liar.close()
    }
  })
})
