import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recoveryCodes } from '../tables.ts'
import { addApp, answer, calling, challengeOf, codesOf, freshAccount, securedAccount } from './factors.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['identity'])
})
afterAll(() => world.close())

describe('createRecoveryCodes', () => {
  it('makes all codes of before worthless', async () => {
    const ada = await securedAccount(world)
    const { recoveryCodes: fresh } = await ada.person.mutate<{ recoveryCodes: string[] }>(
      'createRecoveryCodes',
      { count: 5 },
      'recoveryCodes',
    )
    expect(fresh).toHaveLength(5)
    const token = await challengeOf(world, ada.email)
    expect(codesOf(await answer(world, token, { recoveryCode: ada.recoveryCodes[0] }))).toEqual([
      'MFA_INVALID',
    ])
    expect(codesOf(await answer(world, token, { recoveryCode: fresh[0] }))).toEqual([])
  })

  it('leaves one set, however many ask at once', async () => {
    const ada = await securedAccount(world)
    await Promise.all(
      Array.from({ length: 10 }, () => ada.person.mutate('createRecoveryCodes', {}, 'recoveryCodes')),
    )
    expect(await world.rows(recoveryCodes, eq(recoveryCodes.userId, ada.userId))).toHaveLength(10)
  })

  it('wants a second factor first, and a sensible number', async () => {
    const { person } = await freshAccount(world)
    expect(codesOf(await person.mutate('createRecoveryCodes', {}, 'recoveryCodes'))).toEqual([
      'SECOND_FACTOR_MISSING',
    ])
    for (const count of [4, 21, -1]) {
      expect(codesOf(await person.mutate('createRecoveryCodes', { count }, 'recoveryCodes'))).toEqual([
        'INVALID_VALUE',
      ])
    }
  })

  it('happens by itself when an app is added and none are left', async () => {
    const ada = await securedAccount(world)
    for (const recoveryCode of ada.recoveryCodes) {
      await answer(world, await challengeOf(world, ada.email), { recoveryCode })
    }
    const { recoveryCodes: fresh } = await addApp(world, await calling(world, ada.sessionId))
    expect(fresh).toHaveLength(10)
  })
})
