import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  loginChallenges,
  passwordCredentials,
  recoveryCodes,
  securityEvents,
  sessions,
  users,
} from '../tables.ts'
import { answer, calling, challengeOf, challengesOf, codesOf, securedAccount, sessionOf } from './factors.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['identity'])
})
afterAll(() => world.close())

const sessionsOf = ({ userId }: { userId: string }) => world.rows(sessions, eq(sessions.userId, userId))
const minutes = (count: number) => count * 60_000

describe('answerLoginChallenge', () => {
  it('begins a session that knows both proofs and has stepped up', async () => {
    const ada = await securedAccount(world)
    const begun = await answer(world, await challengeOf(world, ada.email), { totpCode: ada.app.code() })
    expect(begun).toMatchObject({ user: { id: ada.userId }, userErrors: [] })
    const [session] = await world.rows(sessions, eq(sessions.id, sessionOf(begun)))
    expect(session).toMatchObject({
      userId: ada.userId,
      methods: ['PASSWORD', 'TOTP'],
      steppedUpAt: world.clock.now(),
    })
  })

  it('takes a recovery code once, however it is typed, and says how many are left', async () => {
    const ada = await securedAccount(world)
    const [code = ''] = ada.recoveryCodes
    const recoveryCode = ` ${code.toUpperCase().replaceAll('-', ' ')}`
    const begun = await answer(world, await challengeOf(world, ada.email), { recoveryCode })
    expect(codesOf(begun)).toEqual([])
    const own = await calling(world, sessionOf(begun))
    expect((await own.run('{ me { recoveryCodeCount } }')).data).toEqual({ me: { recoveryCodeCount: 9 } })
    const again = await answer(world, await challengeOf(world, ada.email), { recoveryCode: code })
    expect(again).toMatchObject({ tokens: null, userErrors: [{ code: 'MFA_REPLAYED' }] })
    const used = (await world.rows(securityEvents, eq(securityEvents.userId, ada.userId))).filter(
      ({ kind }) => kind === 'RECOVERY_CODE_USED',
    )
    expect(used.map(({ details }) => details)).toEqual([{ left: 9 }])
  })

  it('accepts one code once, however many show it at the same time', async () => {
    const ada = await securedAccount(world)
    const tokens = await challengesOf(world, ada.email, 20)
    const before = await sessionsOf(ada)
    const totpCode = ada.app.code()
    const replies = await Promise.all(tokens.map((token) => answer(world, token, { totpCode })))
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'in').sort()).toEqual([
      ...Array(19).fill('MFA_REPLAYED'),
      'in',
    ])
    expect(await sessionsOf(ada)).toHaveLength(before.length + 1)
  })

  it('accepts one recovery code once, however many show it at the same time', async () => {
    const ada = await securedAccount(world)
    const tokens = await challengesOf(world, ada.email, 20)
    const [recoveryCode] = ada.recoveryCodes
    const replies = await Promise.all(tokens.map((token) => answer(world, token, { recoveryCode })))
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'in').sort()).toEqual([
      ...Array(19).fill('MFA_REPLAYED'),
      'in',
    ])
    const rows = await world.rows(recoveryCodes, eq(recoveryCodes.userId, ada.userId))
    expect(rows.filter(({ usedAt }) => usedAt !== null)).toHaveLength(1)
  })

  it('gives one session for one challenge, however many good proofs come at the same time', async () => {
    const ada = await securedAccount(world)
    const token = await challengeOf(world, ada.email)
    const before = await sessionsOf(ada)
    const replies = await Promise.all(
      ada.recoveryCodes.map((recoveryCode) => answer(world, token, { recoveryCode })),
    )
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'in').sort()).toEqual([
      ...Array(9).fill('TOKEN_INVALID'),
      'in',
    ])
    expect(await sessionsOf(ada)).toHaveLength(before.length + 1)
    const rows = await world.rows(recoveryCodes, eq(recoveryCodes.userId, ada.userId))
    expect(rows.filter(({ usedAt }) => usedAt !== null)).toHaveLength(1)
  })

  it('refuses a spent, an unknown and an old challenge, and one whose password was changed meanwhile', async () => {
    const ada = await securedAccount(world)
    const spent = await challengeOf(world, ada.email)
    await answer(world, spent, { totpCode: ada.app.code() })
    world.clock.advance(minutes(1))
    expect(await answer(world, spent, { totpCode: ada.app.code() })).toMatchObject({
      tokens: null,
      user: null,
      userErrors: [{ code: 'TOKEN_INVALID', path: ['input', 'token'] }],
    })
    expect(codesOf(await answer(world, 'nonsense', { totpCode: ada.app.code() }))).toEqual(['TOKEN_INVALID'])
    const old = await challengeOf(world, ada.email)
    world.clock.advance(minutes(5))
    expect(codesOf(await answer(world, old, { totpCode: ada.app.code() }))).toEqual(['TOKEN_EXPIRED'])
    const robbed = await challengeOf(world, ada.email)
    world.clock.advance(1_000)
    await world.host.database.db
      .update(passwordCredentials)
      .set({ changedAt: world.clock.now() })
      .where(eq(passwordCredentials.userId, ada.userId))
    expect(codesOf(await answer(world, robbed, { totpCode: ada.app.code() }))).toEqual(['TOKEN_INVALID'])
    expect(await sessionsOf(ada)).toHaveLength(2)
  })

  it('wants exactly one proof, and neither the password again nor a code of somebody else', async () => {
    const [ada, eve] = [await securedAccount(world), await securedAccount(world)]
    const token = await challengeOf(world, ada.email)
    for (const proof of [{}, { totpCode: ada.app.code(), recoveryCode: ada.recoveryCodes[0] }]) {
      expect(codesOf(await answer(world, token, proof))).toEqual(['INVALID_VALUE'])
    }
    for (const proof of [{ totpCode: eve.app.code() }, { recoveryCode: eve.recoveryCodes[0] }]) {
      expect(codesOf(await answer(world, token, proof))).toEqual(['MFA_INVALID'])
    }
    expect(await sessionsOf(ada)).toHaveLength(1)
    expect(codesOf(await answer(world, token, { totpCode: ada.app.code() }))).toEqual([])
  })

  it('lets nobody in who was suspended since, and spends nothing', async () => {
    const ada = await securedAccount(world)
    const token = await challengeOf(world, ada.email)
    await world.host.database.db
      .update(users)
      .set({ status: 'SUSPENDED', suspendedAt: world.clock.now() })
      .where(eq(users.id, ada.userId))
    expect(codesOf(await answer(world, token, { totpCode: ada.app.code() }))).toEqual(['ACCOUNT_SUSPENDED'])
    const rows = await world.rows(loginChallenges, eq(loginChallenges.userId, ada.userId))
    expect(rows.map(({ usedAt }) => usedAt)).toEqual([null])
  })

  it('gives nothing that a subgraph or refreshSession would take for a token', async () => {
    const ada = await securedAccount(world)
    const refreshToken = await challengeOf(world, ada.email)
    const refused = await world.anonymous.mutate('refreshSession', { refreshToken }, 'tokens { accessToken }')
    expect(codesOf(refused)).toEqual(['TOKEN_INVALID'])
    const rows = await world.rows(loginChallenges, eq(loginChallenges.userId, ada.userId))
    expect(JSON.stringify(rows)).not.toContain(refreshToken)
  })
})
