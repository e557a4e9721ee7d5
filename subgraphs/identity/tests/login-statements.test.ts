import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, login } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('statements', () => {
  /** A process asks for the key that signs once a second at most, relay and schedules have work of their own. */
  const ofCommand = (sent: string[]) =>
    sent
      .map(inShort)
      .filter((one) => !/ (signing_key|data_export|erasure)$/.test(one))
      .filter((one) => one === 'insert outbox' || !/^\w+( outbox)?$/.test(one))

  it('of a login and of a refresh are this many', async () => {
    const { email, tokens } = await account(world)
    const ofLogin = await world.statements(() => login(world, email))
    const ofRefresh = await world.statements(() =>
      world.anonymous.mutate(
        'refreshSession',
        { refreshToken: tokens.refreshToken },
        'tokens { accessToken }',
      ),
    )
    expect(ofCommand(ofLogin)).toEqual([
      'select user',
      // Guesses are counted.
      'insert throttle',
      'insert throttle',
      'delete throttle',
      'update throttle',
      'select password_credential',
      'select totp_factor',
      'select user',
      'select session',
      'insert session',
      'insert refresh_token',
      'insert security_event',
      'insert outbox',
    ])
    expect(ofCommand(ofRefresh)).toEqual([
      'select refresh_token',
      'select refresh_token',
      'update refresh_token',
      'insert refresh_token',
      'update session',
    ])
  })
})

/** `select session`: what a statement does, to which table first. */
function inShort(statement: string): string {
  const [, verb = statement] = /^\s*(\w+)/.exec(statement) ?? []
  const [, table] = /"identity"\."(\w+)"/.exec(statement) ?? []
  return [verb, table].filter(Boolean).join(' ')
}
