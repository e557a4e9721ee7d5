import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { newTotpSecret, totpSecretPlace, totpUrl } from '../domain/totp.ts'
import type { EnrolTotpInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { totpFactors } from '../tables.ts'

/** A secret for an authenticator app, to be shown once. */
export interface Enrolment {
  secret: string
  url: string
}

const label = z.object({ label: line(60) })

/** Gives out the secret of a new authenticator app. It counts for nothing before its first code: see `confirmTotp`. */
export async function enrolTotp(ctx: Ctx, input: EnrolTotpInput): Promise<Outcome<Enrolment>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  const problems = problemsOf(label, input)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction('enrolTotp', async (tx) => {
    const user = await lockAccount(tx, userId)
    if (!user) return failed(contract.failure('NOT_FOUND', 'There is no such account.'))
    // An enrolment that was left open is worth nothing to anybody.
    await tx
      .delete(totpFactors)
      .where(and(eq(totpFactors.userId, userId), eq(totpFactors.status, 'ENROLLING')))
    const secret = newTotpSecret()
    const id = ctx.newId('mfa')
    await tx.insert(totpFactors).values({
      id,
      userId,
      label: input.label.trim(),
      secret: ctx.vault.seal(secret, totpSecretPlace({ id })),
      createdAt: ctx.now(),
    })
    return done({ secret, url: totpUrl(secret, user.email ?? user.displayName) })
  })
}
