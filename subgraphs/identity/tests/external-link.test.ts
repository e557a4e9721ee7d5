import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityRecorded } from '../contract.ts'
import { account, freshEmail, register } from './accounts.ts'
import {
  codesOf,
  createExternalWorld,
  type ExternalWorld,
  fresh,
  identitiesOf,
  logInAt,
  stale,
  stranger,
  times,
  verify,
  written,
} from './external-world.ts'
import { mailedToken } from './mailed-token.ts'

let house: ExternalWorld
beforeAll(async () => {
  house = await createExternalWorld()
})
afterAll(() => house?.close())

describe('an account that has the same address', () => {
  it('is never taken over: its person logs in as usual and agrees', async () => {
    const { world, north } = house
    const owner = await account(world)
    await verify(world, owner.userId)
    const { subject } = stranger(north, { email: owner.email.toUpperCase() })
    const { tokens, link, returnTo } = await logInAt(world, north, subject)
    expect([tokens, link?.email, returnTo]).toEqual([null, owner.email, '/events?page=2'])
    expect(await identitiesOf(world, owner.userId)).toEqual([])

    const agreed = await fresh(world, owner).mutate<{ externalIdentity: object }>(
      'linkExternalIdentity',
      { token: link?.token },
      'externalIdentity { label issuer { name } }',
    )
    expect(agreed.externalIdentity).toEqual({ label: owner.email.toUpperCase(), issuer: { name: 'north' } })
    const { tokens: later } = await logInAt(world, north, subject)
    expect(decodeJwt(later?.accessToken ?? '').sub).toBe(owner.userId)
  })

  it('is linked by its own person alone, once, in time, with a fresh proof', async () => {
    const { world, north } = house
    const [owner, thief] = [await account(world), await account(world)]
    await verify(world, owner.userId)
    const { subject } = stranger(north, { email: owner.email })
    const offer = async () => (await logInAt(world, north, subject)).link?.token ?? ''
    const agree = async (by: typeof owner, token: string) =>
      codesOf(await fresh(world, by).mutate('linkExternalIdentity', { token }, 'externalIdentity { id }'))
    const [first, second] = [await offer(), await offer()]
    expect(await agree(owner, first), 'a later offer replaces it').toEqual(['TOKEN_INVALID'])
    expect(await agree(thief, second)).toEqual(['TOKEN_INVALID'])
    const { errors } = await stale(world, owner).run(
      'mutation ($token: String!) { linkExternalIdentity(input: { token: $token }) { userErrors { code } } }',
      { token: second },
    )
    expect(errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
    world.clock.advance(600_000)
    expect(await agree(owner, second)).toEqual(['TOKEN_EXPIRED'])
    expect(await identitiesOf(world, owner.userId)).toEqual([])

    const third = await offer()
    const answers = await times(10, () => agree(owner, third))
    expect(answers.flat().sort()).toEqual(Array(9).fill('TOKEN_USED'))
    expect(await identitiesOf(world, owner.userId)).toHaveLength(1)
  })

  it('makes one offer of ten at once', async () => {
    const { world, north } = house
    const owner = await account(world)
    await verify(world, owner.userId)
    const { subject } = stranger(north, { email: owner.email })
    const answers = await times(10, () => logInAt(world, north, subject))
    expect(answers.map(codesOf)).toEqual(Array(10).fill([]))
    const { tokens } = await written(world)
    expect(
      tokens.filter(
        ({ userId, usedAt, purpose }) => purpose === 'LINK_IDENTITY' && userId === owner.userId && !usedAt,
      ),
    ).toHaveLength(1)
  })

  it('says the same of itself, whichever side has not verified the address', async () => {
    const { world, north } = house
    const [unverified, verified] = [freshEmail(), freshEmail()]
    await register(world, unverified)
    await verify(world, await register(world, verified))
    const attempts = [
      stranger(north, { email: unverified }),
      stranger(north, { email: unverified, email_verified: false }),
      stranger(north, { email: verified, email_verified: false }),
    ]
    const before = await written(world)
    const answers = []
    for (const { subject } of attempts) answers.push(await logInAt(world, north, subject))
    expect(answers.map(codesOf)).toEqual(Array(3).fill(['EXTERNAL_EMAIL_CONFLICT']))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(await written(world)).toEqual(before)
  })

  it('that nobody has verified falls to whoever reads its mail, without the ways in of others', async () => {
    const { world, north } = house
    // Somebody had the issuer write an address on them that is not theirs.
    const { subject, email } = stranger(north, { email_verified: false })
    const { tokens } = await logInAt(world, north, subject)
    const { sub: userId = '' } = decodeJwt(tokens?.accessToken ?? '')
    world.clock.advance(60_000)
    await world.anonymous.mutate('requestPasswordReset', { email }, 'isAccepted')
    const token = await mailedToken(world, email, 'reset_password')
    const reset = await world.anonymous.mutate(
      'resetPassword',
      { token, newPassword: 'the owner reads this mail' },
      'isReset',
    )
    expect(codesOf(reset)).toEqual([])
    expect(await identitiesOf(world, userId)).toEqual([])
    expect((await logInAt(world, north, subject)).tokens).toBeNull()
    const kinds = (await world.published(securityRecorded)).filter((event) => event.userId === userId)
    expect(kinds.map(({ kind }) => kind)).toContain('IDENTITY_UNLINKED')
  })

  it('without a password gets one by mail, and keeps its identity where the address was verified', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north)
    const { tokens } = await logInAt(world, north, subject)
    const { sub: userId = '' } = decodeJwt(tokens?.accessToken ?? '')
    await world.anonymous.mutate('requestPasswordReset', { email }, 'isAccepted')
    const newPassword = 'from now on also this way'
    const token = await mailedToken(world, email, 'reset_password')
    await world.anonymous.mutate('resetPassword', { token, newPassword }, 'isReset')
    const login = await world.anonymous.mutate<{ tokens: object | null }>(
      'login',
      { email, password: newPassword },
      'tokens { accessToken }',
    )
    expect(login.tokens).not.toBeNull()
    expect(await identitiesOf(world, userId)).toHaveLength(1)
  })
})
