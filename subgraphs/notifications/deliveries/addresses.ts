import type { Context } from '@guildhall/kit/context'

const question = 'query ($userIds: [ID!]!) { mailRecipients(userIds: $userIds) { userId email } }'

/**
 * Where people can be written to now, asked of identity when a mail is about to leave: no copy of an address is kept here.
 * Whoever is suspended or erased, or has not shown that they read their address, has none.
 *
 * @throws ServiceUnavailable when identity is away.
 */
export async function addressesOf(
  { peers }: Pick<Context, 'peers'>,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  if (userIds.length === 0) return new Map()
  const { mailRecipients } = await peers.ask<{ mailRecipients: { userId: string; email: string }[] }>(
    'identity',
    question,
    { userIds: [...new Set(userIds)] },
  )
  return new Map(mailRecipients.map(({ userId, email }) => [userId, email]))
}
