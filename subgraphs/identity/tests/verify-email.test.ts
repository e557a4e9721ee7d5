import { createWorld, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneTimeTokens, securityEvents, users } from '../tables.ts'
import { account, freshEmail, register } from './accounts.ts'
import { mailedToken, mailKinds } from './mailed-token.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const verify = async (token: string) => {
  const answer = await world.anonymous.mutate<{ isVerified: boolean | null }>(
    'verifyEmail',
    { token },
    'isVerified',
  )
  return answer.isVerified ? 'verified' : answer.userErrors[0]?.code
}
const userOf = async (userId: string) => (await world.rows(users, eq(users.id, userId)))[0]
const entriesOf = (userId: string) =>
  world.rows(
    securityEvents,
    and(eq(securityEvents.userId, userId), eq(securityEvents.kind, 'EMAIL_VERIFIED')),
  )
const minutes = (count: number) => world.clock.advance(count * 60_000)

describe('verifyEmail', () => {
  it('takes the link of the registration as a proof, once', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    expect(await userOf(userId)).toMatchObject({ status: 'PENDING_VERIFICATION', emailVerifiedAt: null })
    const [mail] = await world.mails(email)
    expect(mail?.text).toMatch(/^http:\/\/localhost:4000\/verify-email\?token=[\w-]{43}$/m)
    const token = await mailedToken(world, email, 'verify_email')
    expect(await verify(token)).toBe('verified')
    expect(await userOf(userId)).toMatchObject({ status: 'ACTIVE', emailVerifiedAt: world.clock.now() })
    expect(await entriesOf(userId)).toHaveLength(1)
    expect(await verify(token)).toBe('TOKEN_USED')
  })

  it('lets one of ten win who open the link at the same time', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const token = await mailedToken(world, email, 'verify_email')
    const answers = await Promise.all(Array.from({ length: 10 }, () => verify(token)))
    expect(answers.sort()).toEqual([...Array(9).fill('TOKEN_USED'), 'verified'])
    expect(await entriesOf(userId)).toHaveLength(1)
  })

  it('refuses what is unknown, too old or meant for something else, and changes nothing', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const token = await mailedToken(world, email, 'verify_email')
    await world.anonymous.mutate('requestPasswordReset', { email }, 'isAccepted')
    expect(await verify(await mailedToken(world, email, 'reset_password'))).toBe('TOKEN_INVALID')
    expect(await verify('')).toBe('TOKEN_INVALID')
    expect(await verify("' or 1=1 --")).toBe('TOKEN_INVALID')
    minutes(24 * 60)
    expect(await verify(token)).toBe('TOKEN_EXPIRED')
    expect(await userOf(userId)).toMatchObject({ status: 'PENDING_VERIFICATION', emailVerifiedAt: null })
  })

  it('does not bring back an account that was suspended meanwhile', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    await world.host.database.db
      .update(users)
      .set({ status: 'SUSPENDED', suspendedAt: world.clock.now() })
      .where(eq(users.id, userId))
    expect(await verify(await mailedToken(world, email, 'verify_email'))).toBe('verified')
    expect(await userOf(userId)).toMatchObject({ status: 'SUSPENDED' })
  })

  it('keeps no token, only its hash', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const token = await mailedToken(world, email, 'verify_email')
    const rows = await world.rows(oneTimeTokens, eq(oneTimeTokens.userId, userId))
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})

describe('sendVerificationEmail', () => {
  it('sends another link, once a minute, and makes the one before void', async () => {
    const { person, email, userId } = await account(world)
    const first = await mailedToken(world, email, 'verify_email')
    const send = () => person.run('mutation { sendVerificationEmail(input: {}) { isSent } }')
    expect((await send()).errors.map(({ code }) => code)).toEqual(['RATE_LIMITED'])
    minutes(1)
    const answers = await Promise.all(Array.from({ length: 10 }, send))
    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1)
    expect(await mailKinds(world, email)).toEqual(['verify_email', 'verify_email'])
    expect(await verify(first)).toBe('TOKEN_INVALID')
    expect(await verify(await mailedToken(world, email, 'verify_email'))).toBe('verified')
    minutes(1)
    const { userErrors } = await person.mutate('sendVerificationEmail', {}, 'isSent')
    expect(userErrors.map(({ code }) => code)).toEqual(['EMAIL_ALREADY_VERIFIED'])
    expect((await userOf(userId))?.status).toBe('ACTIVE')
  })
})

describe('the mail to a taken address', () => {
  it('tells its owner the truth, once an hour, whatever was typed', async () => {
    const email = freshEmail()
    await register(world, email)
    const again = () =>
      world.anonymous.mutate(
        'registerUser',
        { email, password: 'another long password', displayName: 'Visit http://evil.test' },
        'isAccepted',
      )
    expect(await Promise.all(Array.from({ length: 10 }, again))).toEqual(
      Array(10).fill({ isAccepted: true, userErrors: [] }),
    )
    expect(await mailKinds(world, email)).toEqual(['verify_email', 'registration_repeated'])
    expect(JSON.stringify(await world.mails(email))).not.toContain('evil')
    minutes(60)
    await again()
    expect(await mailKinds(world, email)).toEqual([
      'verify_email',
      'registration_repeated',
      'registration_repeated',
    ])
  })
})
