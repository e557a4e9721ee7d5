import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Account, freshEmail, login, password, register } from './accounts.ts'
import { createKey } from './machines.ts'
import { mailedToken, mailKinds } from './mailed-token.ts'
import { firefox, loginFrom } from './sessions.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** Somebody who reads their address, so that notifications could be mailed there as well. */
async function reader(): Promise<Account> {
  const email = freshEmail()
  await register(world, email)
  await world.anonymous.mutate(
    'verifyEmail',
    { token: await mailedToken(world, email, 'verify_email') },
    'isVerified',
  )
  return login(world, email)
}

/** What somebody was told in the app, the oldest first. */
async function told({ person, userId }: Account): Promise<string[]> {
  await world.settle()
  const user = await person.entity<{ notifications: { nodes: { type: string }[] } }>(
    'notifications',
    'User',
    userId,
    'notifications(first: 20) { nodes { type } }',
  )
  return user?.notifications.nodes.map(({ type }) => type).reverse() ?? []
}

const newPassword = 'eleven blue herons'
const resetWith = async ({ email }: Account) => {
  const token = await mailedToken(world, email, 'reset_password')
  await world.anonymous.mutate('resetPassword', { token, newPassword }, 'isReset')
}

/** Acts, what their owner is told in the app, and the mails of the whole story to their address. */
const acts: [what: string, act: (someone: Account) => Promise<unknown>, inApp: string, mails: string[]][] = [
  [
    'registers again',
    ({ email }) =>
      world.anonymous.mutate('registerUser', { email, password, displayName: 'Eve' }, 'isAccepted'),
    'account.registration_repeated',
    ['registration_repeated'],
  ],
  [
    'changes the password',
    ({ person }) =>
      person.mutate('changePassword', { currentPassword: password, newPassword }, 'endedSessionCount'),
    'account.password_changed',
    ['password_changed'],
  ],
  [
    'sets the password anew',
    async (someone) => {
      await world.anonymous.mutate('requestPasswordReset', { email: someone.email }, 'isAccepted')
      await resetWith(someone)
    },
    'account.password_reset',
    ['reset_password', 'password_changed'],
  ],
  [
    'logs in elsewhere',
    ({ email }) => loginFrom(world, email, firefox),
    'account.new_device',
    ['account.new_device'],
  ],
  ['makes a key', ({ person }) => createKey(person), 'account.api_key_created', ['account.api_key_created']],
]

it.each(acts)(
  'somebody who %s is told once in the app and once by mail',
  async (_what, act, inApp, mails) => {
    const someone = await reader()
    await act(someone)
    expect(await told(someone)).toEqual(['account.welcome', inApp])
    expect(await mailKinds(world, someone.email)).toEqual(['verify_email', ...mails])
  },
)

it('who changes the address is told by one mail where each step must be heard', async () => {
  const someone = await reader()
  const email = freshEmail()
  await someone.person.mutate('changeEmail', { email, password }, 'isAccepted')
  const token = await mailedToken(world, email, 'change_email')
  await world.anonymous.mutate('confirmEmailChange', { token }, 'isChanged')
  expect(await told(someone)).toEqual(['account.welcome', 'account.email_changed'])
  expect(await mailKinds(world, someone.email)).toEqual([
    'verify_email',
    'email_change_requested',
    'email_changed',
  ])
  expect(await mailKinds(world, email)).toEqual(['change_email'])
})
