import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { sessions } from '../tables.ts'
import { freshEmail, password, register } from './accounts.ts'
import { mailedToken } from './mailed-token.ts'

let world: World
beforeAll(async () => {
  vi.stubEnv('REQUIRE_VERIFIED_EMAIL', '1')
  vi.stubEnv('APP_URL', 'https://app.example/guild/')
  world = await createWorld(['identity', 'organizations'])
})
afterAll(() => world.close())

it('lets nobody in before the address is verified, where the house wants it so; the link leads to the application', async () => {
  const email = freshEmail()
  await register(world, email)
  const login = async (attempt: string) => {
    const answer = await world.anonymous.mutate(
      'login',
      { email, password: attempt },
      'tokens { accessToken }',
    )
    return answer.userErrors.map(({ code }) => code)
  }
  expect(await login('a wrong password')).toEqual(['INVALID_CREDENTIALS'])
  expect(await login(password)).toEqual(['EMAIL_NOT_VERIFIED'])
  expect(await world.rows(sessions)).toEqual([])
  const [mail] = await world.mails(email)
  expect(mail?.text).toMatch(/^https:\/\/app\.example\/guild\/verify-email\?token=[\w-]{43}$/m)
  const token = await mailedToken(world, email, 'verify_email')
  await world.anonymous.mutate('verifyEmail', { token }, 'isVerified')
  expect(await login(password)).toEqual([])
})
