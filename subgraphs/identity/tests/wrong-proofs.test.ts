import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityEvents } from '../tables.ts'
import {
  answer,
  calling,
  challengeOf,
  challengesOf,
  codesOf,
  type SecuredAccount,
  securedAccount,
} from './factors.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['identity'])
})
afterAll(() => world.close())

const minutes = (count: number) => count * 60_000
const wrong = (account: SecuredAccount) => ({ totpCode: account.app.code(100) })

describe('wrong proofs', () => {
  it('void the challenge and lock the account after six, whatever comes next, until the lock ends', async () => {
    const ada = await securedAccount(world)
    const token = await challengeOf(world, ada.email)
    for (let guess = 1; guess <= 6; guess++) {
      expect(codesOf(await answer(world, token, wrong(ada)))).toEqual(['MFA_INVALID'])
    }
    expect(codesOf(await answer(world, token, { totpCode: ada.app.code() }))).toEqual(['TOKEN_INVALID'])
    for (const proof of [{ totpCode: ada.app.code() }, { recoveryCode: ada.recoveryCodes[0] }]) {
      expect(codesOf(await answer(world, await challengeOf(world, ada.email), proof))).toEqual(['MFA_LOCKED'])
    }
    const own = await calling(world, ada.sessionId)
    expect(codesOf(await own.mutate('stepUp', { totpCode: ada.app.code() }, 'stepUpExpiresAt'))).toEqual([
      'MFA_LOCKED',
    ])
    const locks = (await world.rows(securityEvents, eq(securityEvents.userId, ada.userId))).filter(
      ({ kind }) => kind === 'LOCKED_OUT',
    )
    expect(locks.map(({ details }) => details)).toEqual([{ minutes: 15 }])
    world.clock.advance(minutes(15))
    expect(
      codesOf(await answer(world, await challengeOf(world, ada.email), { totpCode: ada.app.code() })),
    ).toEqual([])
  })

  it('are looked at six times, however many guess at once over however many challenges', async () => {
    const ada = await securedAccount(world)
    const tokens = await challengesOf(world, ada.email, 30)
    const replies = await Promise.all(tokens.map((token) => answer(world, token, wrong(ada))))
    expect(replies.map((reply) => codesOf(reply)[0]).sort()).toEqual([
      ...Array(6).fill('MFA_INVALID'),
      ...Array(24).fill('MFA_LOCKED'),
    ])
  })

  it('lock for twice as long the second time', async () => {
    const ada = await securedAccount(world)
    const sixWrong = async () => {
      const token = await challengeOf(world, ada.email)
      for (let guess = 1; guess <= 6; guess++) await answer(world, token, wrong(ada))
    }
    await sixWrong()
    world.clock.advance(minutes(15))
    await sixWrong()
    world.clock.advance(minutes(29))
    const good = async () => answer(world, await challengeOf(world, ada.email), { totpCode: ada.app.code() })
    expect(codesOf(await good())).toEqual(['MFA_LOCKED'])
    world.clock.advance(minutes(1))
    expect(codesOf(await good())).toEqual([])
  })

  it('are forgotten with the first right one', async () => {
    const ada = await securedAccount(world)
    for (let round = 0; round < 3; round++) {
      const token = await challengeOf(world, ada.email)
      for (let guess = 1; guess <= 5; guess++) await answer(world, token, wrong(ada))
      expect(codesOf(await answer(world, token, { totpCode: ada.app.code() }))).toEqual([])
      world.clock.advance(minutes(1))
    }
  })

  it('of one account do not lock another', async () => {
    const [ada, bob] = [await securedAccount(world), await securedAccount(world)]
    const token = await challengeOf(world, ada.email)
    for (let guess = 1; guess <= 6; guess++) await answer(world, token, wrong(ada))
    expect(
      codesOf(await answer(world, await challengeOf(world, bob.email), { totpCode: bob.app.code() })),
    ).toEqual([])
  })
})
