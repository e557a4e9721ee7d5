import type { Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { asc, inArray } from 'drizzle-orm'
import { z } from 'zod'
import { platformPermissionsOf } from '../administration/platform-roles.ts'
import contract from '../contract.ts'
import { deviceLabel } from '../domain/device.ts'
import { networkOf } from '../domain/lockout.ts'
import { isUsable } from '../domain/user-status.ts'
import type { ImpersonateUserInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { issueSessionToken } from '../sessions/access-token.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { type SessionRow, sessions, users } from '../tables.ts'

const wanted = z.object({
  reason: line(500),
  minutes: z.number().int().min(1, '1 to 60.').max(60, '1 to 60.'),
})

/** What an impersonator calls with. */
export interface Impersonation {
  accessToken: string
  accessTokenExpiresAt: Date
}

/**
 * Begins a session of a person for somebody who runs the house. It has no refresh token and was never stepped up, so it
 * ends by itself and does nothing dangerous.
 */
export async function impersonateUser(
  ctx: Ctx,
  input: ImpersonateUserInput,
): Promise<Outcome<Impersonation>> {
  ctx.require('users:impersonate', { organizationId: null })
  const { userId: impersonatorId } = requireOwnSession(ctx)
  ctx.requireStepUp()
  if (input.canChange) ctx.require('users:manage', { organizationId: null })
  const problems = problemsOf(wanted, input)
  if (problems.length > 0) return failed(...problems)
  const person = await ctx.loaders.user.load(input.userId)
  if (!person) return failed(contract.failure('NOT_FOUND', 'There is no such person.', ['input', 'userId']))
  const { minutes, canChange } = input
  const reason = input.reason.trim()

  const outcome = await ctx.transaction('impersonateUser', async (tx) => {
    const refused = await refusals(tx, impersonatorId, person.id)
    if (refused.length > 0) return failed(...refused)
    const session = await begin(ctx, tx, {
      userId: person.id,
      impersonatorId,
      impersonationReason: reason,
      isReadOnly: !canChange,
      expiresAt: new Date(ctx.now().getTime() + minutes * 60_000),
    })
    await recordSecurity(ctx, tx, {
      userId: person.id,
      kind: 'IMPERSONATION_STARTED',
      sessionId: session.id,
      details: { reason, minutes, canChange },
    })
    return done(session)
  })
  if (!outcome.ok) return outcome
  return done(await issueSessionToken(ctx, outcome.value, person))
}

/** Both rows are locked: neither is suspended nor given or taken roles while the session begins. */
async function refusals(tx: Transaction, impersonatorId: string, personId: string): Promise<Failure[]> {
  const locked = await tx
    .select()
    .from(users)
    .where(inArray(users.id, [impersonatorId, personId]))
    .orderBy(asc(users.id))
    .for('share')
  const impersonator = locked.find(({ id }) => id === impersonatorId)
  const person = locked.find(({ id }) => id === personId)
  const mayStill =
    impersonator &&
    isUsable(impersonator) &&
    platformPermissionsOf(impersonator.platformRoles).includes('users:impersonate')
  if (!mayStill) return [contract.failure('ACCOUNT_SUSPENDED', 'Your account cannot do this any more.')]
  const isFit = person?.kind === 'PERSON' && isUsable(person) && person.platformRoles.length === 0
  return isFit
    ? []
    : [contract.failure('NOT_IMPERSONABLE', 'Nobody acts in the name of this account.', ['input', 'userId'])]
}

async function begin(
  ctx: Ctx,
  tx: Transaction,
  values: Pick<SessionRow, 'userId' | 'impersonatorId' | 'impersonationReason' | 'isReadOnly' | 'expiresAt'>,
): Promise<SessionRow> {
  const { address, userAgent } = ctx.client
  const now = ctx.now()
  const [session] = await tx
    .insert(sessions)
    .values({
      ...values,
      id: ctx.newId('ses'),
      createdAt: now,
      lastUsedAt: now,
      label: deviceLabel(userAgent),
      device: deviceLabel(userAgent),
      userAgent,
      address,
      network: networkOf(address),
      methods: ['IMPERSONATION'],
      steppedUpAt: null,
    })
    .returning()
  if (!session) throw new Error('insert returned nothing')
  return session
}
