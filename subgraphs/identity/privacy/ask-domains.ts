import type { Context } from '@guildhall/kit/context'
import { domainNames } from '@guildhall/kit/discover'
import type { ErasureBlocker } from '@guildhall/kit/privacy'

/** Everything that a domain holds about a person. */
export async function personalDataOf(ctx: Context, domain: string, userId: string): Promise<unknown> {
  const { personalData } = await ctx.peers.ask<{ personalData: string | null }>(
    domain,
    'query ($userId: ID!) { personalData(userId: $userId) }',
    { userId },
  )
  return JSON.parse(personalData ?? '{}')
}

/** What stands against forgetting a person, over all domains. */
export async function blockersOf(ctx: Context, userId: string): Promise<ErasureBlocker[]> {
  const answers = await Promise.all(
    domainNames().map((domain) =>
      ctx.peers.ask<{ erasureBlockers: ErasureBlocker[] | null }>(
        domain,
        'query ($userId: ID!) { erasureBlockers(userId: $userId) { code message } }',
        { userId },
      ),
    ),
  )
  return answers.flatMap(({ erasureBlockers }) => erasureBlockers ?? [])
}

/** Makes a domain forget a person. @throws when it has not acknowledged. */
export async function eraseIn(ctx: Context, domain: string, userId: string): Promise<void> {
  const { erasePerson } = await ctx.peers.ask<{ erasePerson: { isErased: boolean | null } }>(
    domain,
    'mutation ($input: ErasePersonInput!) { erasePerson(input: $input) { isErased } }',
    { input: { userId } },
  )
  if (!erasePerson.isErased) throw new Error(`${domain} has not forgotten the person`)
}
