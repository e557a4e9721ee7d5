import type { Context, Transaction } from '@guildhall/kit/context'
import type { Privacy } from '@guildhall/kit/privacy'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { phoneOf } from './accounts/phone.ts'
import { userProfileUpdated } from './contract.ts'
import { erasedName } from './domain/privacy.ts'
import { profileOf } from './domain/profile.ts'
import { usableStatuses } from './domain/user-status.ts'
import { revokeSessions } from './sessions/revoke-sessions.ts'
import {
  apiKeys,
  dataExports,
  externalIdentities,
  externalLogins,
  formerPasswords,
  loginChallenges,
  oneTimeTokens,
  outbox,
  passkeyChallenges,
  passkeys,
  passwordCredentials,
  recoveryCodes,
  refreshTokens,
  securityEvents,
  sessions,
  totpFactors,
  users,
} from './tables.ts'

/** The account: who it was is told and then forgotten; its id stays, as that of an erased person. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const [user] = await ctx.db.select().from(users).where(eq(users.id, userId))
    if (!user) return {}
    const { displayName, email, emailVerifiedAt, locale, timezone, avatarUrl, preferences, createdAt } = user
    return {
      account: {
        displayName,
        email,
        emailVerifiedAt,
        phone: phoneOf(ctx, user),
        locale,
        timezone,
        avatarUrl,
        preferences,
        createdAt,
      },
      ...(await ownRecords(ctx, userId)),
    }
  },

  async blockers(ctx, userId) {
    const isAdmin = sql`'ADMIN' = any(${users.platformRoles})`
    const admins = await ctx.db
      .select({ id: users.id })
      .from(users)
      .where(and(isAdmin, inArray(users.status, [...usableStatuses])))
      .limit(2)
    const isLast = admins.length === 1 && admins[0]?.id === userId
    return isLast ? [{ code: 'LAST_ADMIN', message: 'Name another administrator of the house first.' }] : []
  },

  async erase(ctx, tx, userId) {
    const [before] = await tx.select().from(users).where(eq(users.id, userId)).for('update')
    if (!before || before.status === 'ERASED') return
    await revokeSessions(ctx, tx, 'ERASED', eq(sessions.userId, userId))
    await removeRecords(tx, userId)
    const now = ctx.now()
    const [erased] = await tx
      .update(users)
      .set({
        status: 'ERASED',
        email: null,
        emailVerifiedAt: null,
        displayName: erasedName,
        locale: 'en',
        timezone: 'UTC',
        phone: null,
        avatarUrl: null,
        preferences: {},
        platformRoles: [],
        suspendedAt: null,
        suspendedReason: null,
        version: before.version + 1,
        updatedAt: now,
      })
      .where(eq(users.id, userId))
      .returning()
    if (!erased) throw new Error('the locked account is gone')
    // Names that were published before wait in the log of events for consumers that may yet ask for it.
    await tx
      .update(outbox)
      .set({ payload: sql`jsonb_set(${outbox.payload}, '{displayName}', to_jsonb(${erasedName}::text))` })
      .where(and(eq(outbox.aggregate, userId), sql`${outbox.payload} ? 'displayName'`))
    await tx.emit(userProfileUpdated, profileOf(erased))
    tx.afterCommit(() => ctx.signals.send('principal', [userId]))
  },
}

async function ownRecords(ctx: Context, userId: string): Promise<Record<string, unknown>> {
  const [devices, elsewhere, keys, second, log] = await Promise.all([
    ctx.db
      .select({
        device: sessions.label,
        userAgent: sessions.userAgent,
        address: sessions.address,
        createdAt: sessions.createdAt,
        lastUsedAt: sessions.lastUsedAt,
        revokedAt: sessions.revokedAt,
      })
      .from(sessions)
      .where(eq(sessions.userId, userId))
      .orderBy(asc(sessions.createdAt), asc(sessions.id)),
    ctx.db
      .select({
        issuer: externalIdentities.issuer,
        subject: externalIdentities.subject,
        label: externalIdentities.label,
        createdAt: externalIdentities.createdAt,
      })
      .from(externalIdentities)
      .where(eq(externalIdentities.userId, userId))
      .orderBy(asc(externalIdentities.createdAt)),
    ctx.db
      .select({ name: apiKeys.name, createdAt: apiKeys.createdAt, lastUsedAt: apiKeys.lastUsedAt })
      .from(apiKeys)
      .where(eq(apiKeys.userId, userId))
      .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id)),
    ctx.db
      .select({ label: passkeys.label, createdAt: passkeys.createdAt, lastUsedAt: passkeys.lastUsedAt })
      .from(passkeys)
      .where(eq(passkeys.userId, userId))
      .orderBy(asc(passkeys.createdAt)),
    ctx.db
      .select({
        kind: securityEvents.kind,
        address: securityEvents.address,
        userAgent: securityEvents.userAgent,
        at: securityEvents.at,
      })
      .from(securityEvents)
      .where(eq(securityEvents.userId, userId))
      .orderBy(asc(securityEvents.at), asc(securityEvents.id)),
  ])
  return { sessions: devices, externalIdentities: elsewhere, apiKeys: keys, passkeys: second, security: log }
}

/** Everything about the person but the row that others point to, children before parents. */
async function removeRecords(tx: Transaction, userId: string): Promise<void> {
  const own = tx.select({ id: sessions.id }).from(sessions).where(eq(sessions.userId, userId))
  await tx.delete(refreshTokens).where(inArray(refreshTokens.sessionId, own))
  await tx.delete(sessions).where(eq(sessions.userId, userId))
  const tables = [
    apiKeys,
    dataExports,
    externalIdentities,
    externalLogins,
    formerPasswords,
    loginChallenges,
    oneTimeTokens,
    passkeyChallenges,
    passkeys,
    passwordCredentials,
    recoveryCodes,
    securityEvents,
    totpFactors,
  ]
  for (const table of tables) await tx.delete(table).where(eq(table.userId, userId))
}
