import type { Context, Transaction } from '@guildhall/kit/context'
import { eq } from 'drizzle-orm'
import { dropIdleRecoveryCodes } from '../factors/recovery-codes.ts'
import { retireTotp } from '../factors/retire-totp.ts'
import { revokeApiKeys } from '../machines/revoke-api-keys.ts'
import { recordSecurity } from '../security/security-log.ts'
import { externalIdentities, passkeys } from '../tables.ts'

/**
 * For whoever shows for the first time that the address of an account is theirs, without being logged in to it: until
 * then it may have been anybody's, who must not keep a way in that was set up before.
 */
export async function closeOtherWaysIn(ctx: Context, tx: Transaction, userId: string): Promise<void> {
  const identities = await tx
    .delete(externalIdentities)
    .where(eq(externalIdentities.userId, userId))
    .returning({ issuer: externalIdentities.issuer })
  for (const { issuer } of identities) {
    await recordSecurity(ctx, tx, { userId, kind: 'IDENTITY_UNLINKED', details: { issuer } })
  }
  const removed = await tx
    .delete(passkeys)
    .where(eq(passkeys.userId, userId))
    .returning({ label: passkeys.label })
  for (const { label } of removed) {
    await recordSecurity(ctx, tx, { userId, kind: 'PASSKEY_REMOVED', details: { label } })
  }
  if (await retireTotp(ctx, tx, userId)) await recordSecurity(ctx, tx, { userId, kind: 'TOTP_REMOVED' })
  await dropIdleRecoveryCodes(tx, userId)
  await revokeApiKeys(ctx, tx, userId)
}
