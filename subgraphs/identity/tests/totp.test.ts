import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newTotpSecret, stepOf, totpSecretPlace, totpUrl } from '../domain/totp.ts'
import { recoveryCodes, securityEvents, totpFactors } from '../tables.ts'
import { login } from './accounts.ts'
import { addApp, authenticatorApp, calling, codesOf, freshAccount, securedAccount } from './factors.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['identity'])
})
afterAll(() => world.close())

const kindsOf = async (userId: string) =>
  (await world.rows(securityEvents, eq(securityEvents.userId, userId))).map(({ kind }) => kind)

describe('a code', () => {
  // RFC 6238, appendix B: the last six digits of what SHA-1 gives for this key.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i is %s, as the standard says', (second, code) => {
    expect(stepOf(secret, code, new Date(second * 1000))).toBe(Math.floor(second / 30))
  })

  it('is good one step early and one step late, and no further', () => {
    const at = (seconds: number) => stepOf(secret, '005924', new Date((1_234_567_890 + seconds) * 1000))
    expect([-31, -30, 0, 29, 30, 59, 60].map((seconds) => at(seconds) !== null)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('is six digits, with or without a gap, and nothing else', () => {
    const at = new Date(1_234_567_890_000)
    expect(stepOf(secret, ' 005 924 ', at)).toBe(41_152_263)
    for (const bad of ['', '5924', '0059240', '00592٤', '-05924', 'abcdef', '0x5924', '1e5924', '5924.0']) {
      expect(stepOf(secret, bad, at)).toBeNull()
    }
  })

  it('comes from a secret of 160 bits that apps can read', () => {
    const fresh = newTotpSecret()
    expect(fresh).toMatch(/^[A-Z2-7]{32}$/)
    const url = new URL(totpUrl(fresh, 'ada@example.org'))
    expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual([
      'otpauth:',
      'totp',
      '/Guildhall:ada@example.org',
    ])
    expect([url.searchParams.get('secret'), url.searchParams.get('issuer')]).toEqual([fresh, 'Guildhall'])
  })
})

describe('enrolTotp and confirmTotp', () => {
  it('set up an app, hand out ten recovery codes once, and ask for it at the next login', async () => {
    const { person, userId, email } = await freshAccount(world)
    const enrolled = await person.mutate<{ secret: string; otpauthUrl: string }>(
      'enrolTotp',
      { label: ' Phone ' },
      'secret otpauthUrl',
    )
    expect(enrolled.otpauthUrl).toContain(`secret=${enrolled.secret}`)
    const app = authenticatorApp(world, enrolled.secret)
    const confirmed = await person.mutate<{ recoveryCodes: string[] }>(
      'confirmTotp',
      { code: app.code() },
      'user { totpFactor { label confirmedAt } recoveryCodeCount } recoveryCodes',
    )
    expect(confirmed).toMatchObject({
      user: {
        totpFactor: { label: 'Phone', confirmedAt: world.clock.now().toISOString() },
        recoveryCodeCount: 10,
      },
      userErrors: [],
    })
    expect(new Set(confirmed.recoveryCodes).size).toBe(10)
    for (const code of confirmed.recoveryCodes)
      expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/)
    expect(
      await world.anonymous.mutate(
        'login',
        { email, password: 'correct horse battery' },
        'tokens { accessToken } challenge { methods }',
      ),
    ).toEqual({ tokens: null, challenge: { methods: ['TOTP', 'RECOVERY_CODE'] }, userErrors: [] })
    expect(await kindsOf(userId)).toEqual(['LOGGED_IN', 'TOTP_ADDED', 'RECOVERY_CODES_CREATED'])
  })

  it('keep the secret sealed, each in its place, and no recovery code', async () => {
    const { userId, app, recoveryCodes: codes } = await securedAccount(world)
    const [factor] = await world.rows(totpFactors, eq(totpFactors.userId, userId))
    if (!factor) throw new Error('no factor')
    expect(factor.secret).not.toContain(app.secret)
    expect(world.vault.open(factor.secret, totpSecretPlace(factor))).toBe(app.secret)
    expect(() => world.vault.open(factor.secret, totpSecretPlace({ id: 'mfa_another' }))).toThrow(
      'another place',
    )
    const kept = JSON.stringify(await world.rows(recoveryCodes, eq(recoveryCodes.userId, userId)))
    for (const code of codes) {
      expect(kept).not.toContain(code)
      expect(kept).not.toContain(code.replaceAll('-', ''))
    }
  })

  it('take no wrong code, and count for nothing before the right one', async () => {
    const { person, userId, email } = await freshAccount(world)
    const { secret } = await person.mutate<{ secret: string }>('enrolTotp', { label: 'Phone' }, 'secret')
    const app = authenticatorApp(world, secret)
    for (const code of [app.code(5), '', '12345', 'abcdef']) {
      const refused = await person.mutate('confirmTotp', { code }, 'recoveryCodes')
      expect(refused).toMatchObject({
        recoveryCodes: null,
        userErrors: [{ code: 'MFA_INVALID', path: ['input', 'code'] }],
      })
    }
    expect((await login(world, email)).userId).toBe(userId)
    expect(await world.rows(recoveryCodes, eq(recoveryCodes.userId, userId))).toEqual([])
  })

  it('forget an enrolment that is left open for a quarter of an hour, or begun again', async () => {
    const { person, sessionId } = await freshAccount(world)
    const first = await person.mutate<{ secret: string }>('enrolTotp', { label: 'Phone' }, 'secret')
    const second = await person.mutate<{ secret: string }>('enrolTotp', { label: 'Phone' }, 'secret')
    const old = await person.mutate(
      'confirmTotp',
      { code: authenticatorApp(world, first.secret).code() },
      'recoveryCodes',
    )
    expect(codesOf(old)).toEqual(['MFA_INVALID'])
    world.clock.advance(15 * 60_000)
    await person.mutate('stepUp', { password: 'correct horse battery' }, 'stepUpExpiresAt')
    const again = await calling(world, sessionId)
    const late = await again.mutate(
      'confirmTotp',
      { code: authenticatorApp(world, second.secret).code() },
      'recoveryCodes',
    )
    expect(codesOf(late)).toEqual(['NOT_FOUND'])
  })

  it('spend the code: it does not open the next login', async () => {
    const { person } = await freshAccount(world)
    const { secret } = await person.mutate<{ secret: string }>('enrolTotp', { label: 'Phone' }, 'secret')
    const app = authenticatorApp(world, secret)
    await person.mutate('confirmTotp', { code: app.code() }, 'recoveryCodes')
    const replayed = await person.mutate('stepUp', { totpCode: app.code() }, 'stepUpExpiresAt')
    expect(codesOf(replayed)).toEqual(['MFA_REPLAYED'])
  })

  it('replace the app of before, whose codes and secret are worth nothing then', async () => {
    const { person, userId, sessionId, app } = await securedAccount(world)
    const { app: newer, recoveryCodes: more } = await addApp(world, await calling(world, sessionId))
    expect(more).toEqual([])
    expect(codesOf(await person.mutate('stepUp', { totpCode: app.code() }, 'stepUpExpiresAt'))).toEqual([
      'MFA_INVALID',
    ])
    expect(codesOf(await person.mutate('stepUp', { totpCode: newer.code() }, 'stepUpExpiresAt'))).toEqual([])
    const rows = await world.rows(totpFactors, eq(totpFactors.userId, userId))
    const removed = rows.filter(({ status }) => status === 'REMOVED')
    expect(rows.map(({ status }) => status).sort()).toEqual(['ACTIVE', 'REMOVED'])
    expect(removed.map((factor) => world.vault.open(factor.secret, totpSecretPlace(factor)))).toEqual([''])
  })

  it('make other sessions step up again with the first second factor, and only then', async () => {
    const first = await freshAccount(world)
    const second = await login(world, first.email)
    await addApp(world, first.person)
    const other = await calling(world, second.sessionId)
    expect((await other.run('{ me { stepUpExpiresAt } }')).data).toEqual({ me: { stepUpExpiresAt: null } })
    const { errors } = await other.run('mutation { enrolTotp(input: { label: "Mine" }) { secret } }')
    expect(errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
    const own = await calling(world, first.sessionId)
    expect((await own.run('{ me { stepUpExpiresAt } }')).data).not.toEqual({ me: { stepUpExpiresAt: null } })
  })

  it('let one of many confirmations at once win', async () => {
    const { person, userId } = await freshAccount(world)
    const { secret } = await person.mutate<{ secret: string }>('enrolTotp', { label: 'Phone' }, 'secret')
    const code = authenticatorApp(world, secret).code()
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => person.mutate('confirmTotp', { code }, 'recoveryCodes')),
    )
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'confirmed').sort()).toEqual([
      ...Array(9).fill('NOT_FOUND'),
      'confirmed',
    ])
    expect(await world.rows(recoveryCodes, eq(recoveryCodes.userId, userId))).toHaveLength(10)
  })

  it('refuse a label that is none', async () => {
    const { person } = await freshAccount(world)
    expect(codesOf(await person.mutate('enrolTotp', { label: '' }, 'secret'))).toEqual(['TOO_SHORT'])
    expect(codesOf(await person.mutate('enrolTotp', { label: 'x'.repeat(61) }, 'secret'))).toEqual([
      'TOO_LONG',
    ])
  })
})

describe('removeTotp', () => {
  it('ends the app and, with the last second factor, the recovery codes', async () => {
    const { person, userId, email } = await securedAccount(world)
    expect(await person.mutate('removeTotp', {}, 'user { totpFactor { label } recoveryCodeCount }')).toEqual({
      user: { totpFactor: null, recoveryCodeCount: 0 },
      userErrors: [],
    })
    expect((await login(world, email)).userId).toBe(userId)
    expect((await kindsOf(userId)).filter((kind) => kind === 'TOTP_REMOVED')).toHaveLength(1)
    expect(codesOf(await person.mutate('removeTotp', {}, 'user { id }'))).toEqual(['NOT_FOUND'])
  })
})

describe('second factors of others', () => {
  it('are nobody’s business', async () => {
    const { userId } = await securedAccount(world)
    const { data } = await world
      .person()
      .run('query ($id: ID!) { user(id: $id) { totpFactor { label } recoveryCodeCount stepUpExpiresAt } }', {
        id: userId,
      })
    expect(data).toEqual({ user: { totpFactor: null, recoveryCodeCount: null, stepUpExpiresAt: null } })
  })
})

describe('without a fresh step-up', () => {
  it.each([
    'enrolTotp(input: { label: "Phone" }) { secret }',
    'confirmTotp(input: { code: "000000" }) { recoveryCodes }',
    'removeTotp(input: {}) { user { id } }',
    'createRecoveryCodes(input: {}) { recoveryCodes }',
  ])('%s is refused and does nothing', async (mutation) => {
    const { sessionId, userId } = await securedAccount(world)
    const before = [
      await world.rows(totpFactors, eq(totpFactors.userId, userId)),
      await world.rows(recoveryCodes, eq(recoveryCodes.userId, userId)),
    ]
    world.clock.advance(10 * 60_000)
    const { errors } = await (await calling(world, sessionId)).run(`mutation { ${mutation} }`)
    expect(errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
    expect([
      await world.rows(totpFactors, eq(totpFactors.userId, userId)),
      await world.rows(recoveryCodes, eq(recoveryCodes.userId, userId)),
    ]).toEqual(before)
  })
})
