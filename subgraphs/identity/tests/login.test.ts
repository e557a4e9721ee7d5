import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { createLocalJWKSet, type JWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { login as logIn } from '../commands/login.ts'
import { sessionCreated } from '../contract.ts'
import type { Ctx } from '../loaders.ts'
import { refreshTokens, sessions, signingKeys } from '../tables.ts'
import { account, freshEmail, password, principalOf, register } from './accounts.ts'
import { ownContext } from './privacy-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const tryLogin = (email: string, attempt: string) =>
  world.anonymous.mutate('login', { email, password: attempt }, 'tokens { accessToken } user { id }')

describe('login', () => {
  it('begins a session with an access token that the published keys verify', async () => {
    const { userId, sessionId, tokens } = await account(world)
    const { payload, protectedHeader } = await jwtVerify(
      tokens.accessToken,
      createLocalJWKSet({ keys: await publicKeys() }),
      { issuer: 'http://localhost:4000', audience: 'guildhall', typ: 'at+jwt', algorithms: ['EdDSA'] },
    )
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })
    expect(payload).toMatchObject({ sub: userId, sid: sessionId, client_id: 'guildhall' })
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/)
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300)
    expect(tokens.accessTokenExpiresAt).toBe(new Date((payload.exp ?? 0) * 1000).toISOString())
    expect(await principalOf(world, sessionId)).toEqual({ userId, isActive: true, platformRoles: [] })
    expect((await world.published(sessionCreated)).at(-1)).toEqual({ userId, sessionId })
  })

  it('begins nothing with a password that is changed in the middle of it', async () => {
    const { email, person, userId } = await account(world)
    const ctx = ownContext(world)
    const interrupted = Object.create(ctx, {
      transaction: {
        value: async (...args: Parameters<typeof ctx.transaction>) => {
          await person.mutate(
            'changePassword',
            { currentPassword: password, newPassword: 'staple battery horse' },
            'endedSessionCount',
          )
          return ctx.transaction(...args)
        },
      },
    }) as Ctx
    expect(await logIn(interrupted, { email, password })).toMatchObject({
      ok: false,
      failures: [{ code: 'INVALID_CREDENTIALS' }],
    })
    expect(await world.rows(sessions, eq(sessions.userId, userId))).toHaveLength(1)
  })

  it('keeps no refresh token, only its hash', async () => {
    const { sessionId, tokens } = await account(world)
    expect(tokens.refreshToken).toMatch(/^[\w-]{43}$/)
    const rows = await world.rows(refreshTokens, eq(refreshTokens.sessionId, sessionId))
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(tokens.refreshToken)
  })

  it('publishes public keys alone, and one active one however many ask at first', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, publicKeys))
    expect(new Set(answers.map((keys) => JSON.stringify(keys))).size).toBe(1)
    expect((await world.rows(signingKeys)).map(({ status }) => status).sort()).toEqual(['ACTIVE', 'NEXT'])
    for (const key of answers.flat()) expect(key).not.toHaveProperty('d')
  })

  it('takes the address in any case', async () => {
    const email = freshEmail()
    const id = await register(world, email)
    expect(await tryLogin(` ${email.toUpperCase()}`, password)).toMatchObject({ user: { id } })
  })

  it('answers a wrong password, an unknown address and nonsense alike, and begins nothing', async () => {
    const email = freshEmail()
    await register(world, email)
    const before = [await world.rows(sessions), await world.published(sessionCreated)]
    const answers = [
      await tryLogin(email, 'a wrong password'),
      await tryLogin(freshEmail(), 'a wrong password'),
      await tryLogin('nonsense', ''),
      await tryLogin(email, 'x'.repeat(100_000)),
      await tryLogin("' or 1=1 --", "' or 1=1 --"),
    ]
    for (const answer of answers) {
      expect(answer).toEqual({
        tokens: null,
        user: null,
        userErrors: [
          {
            __typename: 'InputError',
            code: 'INVALID_CREDENTIALS',
            message: 'Address or password is wrong.',
            path: ['input'],
          },
        ],
      })
    }
    expect([await world.rows(sessions), await world.published(sessionCreated)]).toEqual(before)
  })
})

async function publicKeys(): Promise<JWK[]> {
  const { data } = await world.service.run<{ signingKeys: string[] }>('{ signingKeys }')
  return data.signingKeys.map((key) => JSON.parse(key) as JWK)
}
