import type { Person, World } from '@guildhall/kit/testing/world'
import type { Account, Tokens } from './accounts.ts'
import { freshAccount } from './factors.ts'
import { type SoftwareAuthenticator, softwareAuthenticator, type Use } from './software-authenticator.ts'

/** Somebody with a passkey, in a session that has just stepped up. */
export interface PasskeyAccount extends Account {
  device: SoftwareAuthenticator
  recoveryCodes: string[]
}

/** What a mutation that begins something hands to the browser. */
export const optionsOf = async (caller: Person, mutation: string, input: object = {}): Promise<string> => {
  const { options, userErrors } = await caller.mutate<{ options: string | null }>(mutation, input, 'options')
  if (!options) throw new Error(JSON.stringify(userErrors))
  return options
}

/** Makes a passkey on a device. */
export async function addPasskey(person: Person, device = softwareAuthenticator(), use: Use = {}) {
  const options = await optionsOf(person, 'startPasskeyRegistration')
  return person.mutate<{ passkey: { id: string } | null; recoveryCodes: string[] | null }>(
    'finishPasskeyRegistration',
    { response: device.create(options, use), label: 'Laptop' },
    'passkey { id label isBackedUp createdAt lastUsedAt } recoveryCodes',
  )
}

export async function passkeyAccount(world: World): Promise<PasskeyAccount> {
  const fresh = await freshAccount(world)
  const device = softwareAuthenticator()
  const { recoveryCodes } = await addPasskey(fresh.person, device)
  return { ...fresh, device, recoveryCodes: recoveryCodes ?? [] }
}

/** Logs in with the answer of a device. */
export const finishLogin = (world: World, response: string) =>
  world.anonymous.mutate<{ tokens: Tokens | null; user: { id: string } | null }>(
    'finishPasskeyLogin',
    { response },
    'tokens { accessToken refreshToken } user { id }',
  )

/** A whole login with a passkey. */
export const passkeyLogin = async (world: World, device: SoftwareAuthenticator, use: Use = {}) =>
  finishLogin(world, device.get(await optionsOf(world.anonymous, 'startPasskeyLogin'), use))
