import type { Context, Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { and, desc, eq, notInArray } from 'drizzle-orm'
import contract from '../contract.ts'
import { type Bearer, breached, passwordProblems, rememberedPasswords } from '../domain/password.ts'
import { settings } from '../settings.ts'
import { formerPasswords, passwordCredentials } from '../tables.ts'
import { isBreached } from './breached-passwords.ts'
import { verifyPassword } from './passwords.ts'

/** Every reason why this person may not choose this password. */
export async function newPasswordProblems(
  ctx: Context,
  password: string,
  bearer: Bearer & { userId?: string },
  path: string[],
): Promise<Failure[]> {
  const problems = passwordProblems(password, bearer, path)
  if (problems.length > 0) return problems
  if (await isListed(ctx, password)) return [breached(path)]
  // Each comparison costs as much as a login, hence after everything else.
  for (const hash of bearer.userId ? await usedHashes(ctx, bearer.userId) : []) {
    if (await verifyPassword(password, hash)) {
      return [
        contract.failure(
          'PASSWORD_REUSED',
          `Must not be one of your last ${rememberedPasswords} passwords.`,
          path,
        ),
      ]
    }
  }
  return []
}

/** Whether the configured list of breached passwords holds it. A list that cannot be read keeps nobody out. */
async function isListed(ctx: Context, password: string): Promise<boolean> {
  const { BREACHED_PASSWORDS_FILE: file } = settings()
  if (!file) return false
  try {
    return await isBreached(file, password)
  } catch (error) {
    ctx.log.error({ err: error }, 'the list of breached passwords cannot be read')
    return false
  }
}

/** The present password and those before it. */
async function usedHashes(ctx: Context, userId: string): Promise<string[]> {
  const present = await ctx.db
    .select({ hash: passwordCredentials.hash })
    .from(passwordCredentials)
    .where(eq(passwordCredentials.userId, userId))
  const former = await ctx.db
    .select({ hash: formerPasswords.hash })
    .from(formerPasswords)
    .where(eq(formerPasswords.userId, userId))
  return [...present, ...former].map(({ hash }) => hash)
}

/**
 * Puts a new password in the place of the present one, which is remembered.
 *
 * @param expected the hash that was checked before: when somebody else has changed the password meanwhile, nothing is
 *   done. Left out: whatever it is.
 */
export async function replacePassword(
  ctx: Context,
  tx: Transaction,
  userId: string,
  hash: string,
  expected?: string,
): Promise<boolean> {
  const now = ctx.now()
  const [present] = await tx
    .select({ hash: passwordCredentials.hash })
    .from(passwordCredentials)
    .where(eq(passwordCredentials.userId, userId))
    .for('update')
  if (expected !== undefined && present?.hash !== expected) return false
  await tx
    .insert(passwordCredentials)
    .values({ userId, hash, changedAt: now })
    .onConflictDoUpdate({ target: passwordCredentials.userId, set: { hash, changedAt: now } })
  if (!present) return true
  await tx
    .insert(formerPasswords)
    .values({ id: ctx.newId('fpw'), userId, hash: present.hash, replacedAt: now })
  const kept = tx
    .select({ id: formerPasswords.id })
    .from(formerPasswords)
    .where(eq(formerPasswords.userId, userId))
    .orderBy(desc(formerPasswords.replacedAt), desc(formerPasswords.id))
    .limit(rememberedPasswords - 1)
  await tx
    .delete(formerPasswords)
    .where(and(eq(formerPasswords.userId, userId), notInArray(formerPasswords.id, kept)))
  return true
}
