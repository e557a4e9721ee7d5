import { importJWK, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type Caller,
  type CallerVerifier,
  createCallerSigner,
  createCallerVerifier,
  scopesOf,
} from '../caller.ts'
import { Unauthenticated } from '../errors.ts'
import { type KeyPair, makeKeyPair } from '../keys.ts'
import { contextIn, createToy, type Toy, userCaller } from './support/toy.ts'

let [router, services, stranger]: KeyPair[] = []
let verify: CallerVerifier
beforeAll(async () => {
  ;[router, services, stranger] = [
    await makeKeyPair('router'),
    await makeKeyPair('services'),
    await makeKeyPair('router'),
  ]
  verify = await createCallerVerifier(router.publicJwk, services.publicJwk)
})
afterEach(() => void vi.useRealTimers())

const user = userCaller({
  org_1: { role: 'OWNER', permissions: ['a', 'b'] },
  org_2: { role: 'MEMBER', permissions: ['b', 'c'] },
})
const signedBy = async (pair: KeyPair | undefined, caller: Caller) =>
  (await createCallerSigner(pair?.privateJwk ?? {}))(caller)

interface Changes {
  claims?: JWTPayload
  header?: Record<string, unknown>
  pair?: KeyPair | undefined
}
async function forged({ claims = {}, header = {}, pair = router }: Changes): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const good = { caller: user, iss: 'guildhall-router', aud: 'guildhall-subgraphs', iat: now, exp: now + 60 }
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'ctx+jwt', kid: 'router', ...header })
    .sign(await importJWK(pair?.privateJwk ?? {}, 'EdDSA'))
}

describe('a signed context', () => {
  it.each([user, { kind: 'anonymous' }, { kind: 'service', service: 'x' }] as Caller[])(
    'brings its caller: %j',
    async (caller) => {
      expect(await verify(await signedBy(router, caller))).toEqual(caller)
      expect(await verify(await forged({ claims: { caller } }))).toEqual(caller)
    },
  )

  it('is verified once', async () => {
    const token = await signedBy(router, user)
    expect(await verify(token)).toBe(await verify(token))
  })

  const now = Math.floor(Date.now() / 1000)
  it.each<[string, Changes]>([
    ['another issuer', { claims: { iss: 'somebody' } }],
    ['another audience', { claims: { aud: 'guildhall' } }],
    ['another type', { header: { typ: 'at+jwt' } }],
    ['no type', { header: { typ: undefined } }],
    ['a past end', { claims: { exp: now - 10, iat: now - 60 } }],
    ['no end', { claims: { exp: undefined } as never }],
    ['no beginning', { claims: { iat: undefined } as never }],
    ['a longer life than we give', { claims: { iat: now - 120, exp: now + 3600 } }],
    ['an unknown kind of caller', { claims: { caller: { kind: 'root' } } }],
    ['no caller', { claims: { caller: undefined } as never }],
  ])('with %s is refused', async (_what, changes) => {
    await expect(verify(await forged(changes))).rejects.toThrow(Unauthenticated)
  })

  it('that we did not sign is refused', async () => {
    const token = await signedBy(router, user)
    const [head = '', body = '', signature = ''] = token.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'ctx+jwt' })).toString('base64url')
    const hs = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'ctx+jwt' })).toString('base64url')
    const root = Buffer.from(
      JSON.stringify({
        ...JSON.parse(Buffer.from(body, 'base64url').toString()),
        caller: { kind: 'service', service: 'x' },
      }),
    ).toString('base64url')
    const tokens = [
      undefined,
      '',
      'x',
      'a.b.c',
      `${none}.${body}.`,
      `${none}.${body}.${signature}`,
      `${hs}.${body}.${signature}`,
      `${head}.${root}.${signature}`,
      await signedBy(stranger, user),
    ]
    for (const one of tokens) await expect(verify(one)).rejects.toThrow(Unauthenticated)
  })

  it('of the services key speaks for services alone', async () => {
    const service: Caller = { kind: 'service', service: 'events' }
    expect(await verify(await signedBy(services, service))).toEqual(service)
    await expect(verify(await signedBy(services, user))).rejects.toThrow(Unauthenticated)
    await expect(verify(await signedBy(services, { kind: 'anonymous' }))).rejects.toThrow(Unauthenticated)
    // Neither key passes for the other.
    await expect(verify(await forged({ pair: services }))).rejects.toThrow(Unauthenticated)
    await expect(verify(await forged({ header: { kid: 'services' } }))).rejects.toThrow(Unauthenticated)
  })

  it('is not remembered beyond its end', async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] })
    const token = await signedBy(router, user)
    expect(await verify(token)).toEqual(user)
    vi.advanceTimersByTime(59_000)
    expect(await verify(token)).toEqual(user)
    vi.advanceTimersByTime(7_000)
    await expect(verify(token)).rejects.toThrow(Unauthenticated)
  })
})

describe('what a caller may', () => {
  it('is the union of the permissions for scopes', () => {
    expect(scopesOf(user)).toEqual(new Set(['a', 'b', 'c']))
    expect(scopesOf(userCaller())).toEqual(new Set())
    expect(scopesOf({ kind: 'anonymous' })).toEqual(new Set())
    expect(scopesOf({ kind: 'service', service: 'x' })).toEqual(new Set())
  })

  it('is decided per organization', async () => {
    const toy: Toy = await createToy()
    const as = (caller: Caller) => contextIn(toy.runtime, caller)
    const may = (caller: Caller, permission: string, organizationId: string | null) =>
      as(caller).can(permission, { organizationId })
    expect(['a', 'c'].map((permission) => may(user, permission, 'org_1'))).toEqual([true, false])
    expect(['a', 'c'].map((permission) => may(user, permission, 'org_2'))).toEqual([false, true])
    for (const id of [null, 'org_3', 'constructor', '__proto__', 'toString'])
      expect(may(user, 'a', id)).toBe(false)
    expect(may({ kind: 'anonymous' }, 'a', 'org_1')).toBe(false)
    expect(may({ kind: 'service', service: 'x' }, 'a', null)).toBe(true)
    const codeOf = (caller: Caller) => {
      try {
        as(caller).require('z', { organizationId: 'org_1' })
        return 'passed'
      } catch (error) {
        return (error as Unauthenticated).extensions.code
      }
    }
    expect(
      [user, { kind: 'anonymous' } as Caller, { kind: 'service', service: 'x' } as Caller].map(codeOf),
    ).toEqual(['FORBIDDEN', 'UNAUTHENTICATED', 'passed'])
    expect(as(user).requireViewer()).toBe(user)
    expect(() => as({ kind: 'service', service: 'x' }).requireViewer()).toThrow(Unauthenticated)
    await toy.close()
  })
})
