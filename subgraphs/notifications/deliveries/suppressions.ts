import type { Context } from '@guildhall/kit/context'
import type { Db } from '@guildhall/kit/database'
import { eq, inArray } from 'drizzle-orm'
import { type MailSuppressionRow, mailSuppressions } from '../tables.ts'

const purpose = 'notifications.mail_suppression'
const normalized = (address: string): string => address.trim().toLowerCase()

/** Keeps that an address does not want, or cannot take, notifications; the first reason counts. */
export async function suppress(
  { db, vault, now, newId }: Pick<Context, 'vault' | 'now' | 'newId'> & { db: Pick<Db, 'insert'> },
  address: string,
  reason: MailSuppressionRow['reason'],
): Promise<void> {
  const addressHash = vault.blindIndex(normalized(address), purpose)
  await db
    .insert(mailSuppressions)
    .values({ id: newId('msp'), addressHash, reason, createdAt: now() })
    .onConflictDoNothing()
}

/** Under which hashes an address may be on the list. */
export const hashesOf = ({ vault }: Pick<Context, 'vault'>, address: string): string[] =>
  vault.blindIndexes(normalized(address), purpose)

/**
 * Those of these addresses that are on the list. One that is there under a secret of before is brought under that of now:
 * of a hash alone nothing else could.
 */
export async function suppressedAmong(
  ctx: Pick<Context, 'db' | 'vault'>,
  addresses: readonly string[],
): Promise<Set<string>> {
  const addressOf = new Map(
    addresses.flatMap((address) => hashesOf(ctx, address).map((hash) => [hash, address] as const)),
  )
  if (addressOf.size === 0) return new Set()
  const found = await ctx.db
    .select()
    .from(mailSuppressions)
    .where(inArray(mailSuppressions.addressHash, [...addressOf.keys()]))
  const suppressed = new Set<string>()
  for (const { id, addressHash } of found) {
    const address = addressOf.get(addressHash) ?? ''
    suppressed.add(address)
    const current = ctx.vault.blindIndex(normalized(address), purpose)
    const isTwice = found.some((row) => row.id !== id && row.addressHash === current)
    if (addressHash !== current && !isTwice)
      await ctx.db.update(mailSuppressions).set({ addressHash: current }).where(eq(mailSuppressions.id, id))
  }
  return suppressed
}
