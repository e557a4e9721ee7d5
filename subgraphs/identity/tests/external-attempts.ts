import { expect } from 'vitest'
import { codesOf, complete, type ExternalWorld, openFlows, start, written } from './external-world.ts'
import type { TestIssuer } from './issuer.ts'

/** An address with some of its parameters exchanged, or (null) left out. */
export function altered(address: string, changes: Record<string, string | null>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url.href
}

/** What comes of a login of which somebody has changed something, and whether the way back is still open. */
export async function attempt(
  { world, north }: ExternalWorld,
  change: {
    authorization?: Record<string, string | null>
    callback?: Record<string, string | null>
    callbackUrl?: (callbackUrl: string) => string
    flowToken?: string
    at?: TestIssuer
    waitMs?: number
  },
): Promise<[code: string | undefined, stillOpen: boolean]> {
  const open = await openFlows(world)
  const before = await written(world)
  const begun = await start(world.anonymous)
  const honest = await (change.at ?? north).visit(
    altered(begun.authorizationUrl, change.authorization ?? {}),
    'eve',
  )
  const callbackUrl = (change.callbackUrl ?? ((url) => url))(altered(honest, change.callback ?? {}))
  world.clock.advance(change.waitMs ?? 0)
  const answer = await complete(world.anonymous, change.flowToken ?? begun.flowToken, callbackUrl)
  expect({ ...answer, userErrors: [] }).toEqual({
    tokens: null,
    challenge: null,
    user: null,
    link: null,
    externalIdentity: null,
    returnTo: null,
    userErrors: [],
  })
  expect(await written(world), 'a refused login has written').toEqual(before)
  return [codesOf(answer)[0], (await openFlows(world)) > open]
}
