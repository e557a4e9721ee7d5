import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf, prose, tidy } from '@guildhall/kit/validate'
import { z } from 'zod'
import { lockAccount } from '../accounts/lock-account.ts'
import contract, { serviceAccountCreated, userRegistered } from '../contract.ts'
import { profileOf } from '../domain/profile.ts'
import type { CreateServiceAccountInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { type ServiceAccountRow, serviceAccounts, type UserRow, users } from '../tables.ts'

const described = z.object({ name: line(80), description: prose(500).nullish() })

/**
 * Makes a machine of an organization. Organizations says whether the caller may give this role away, and makes the
 * machine a member when it hears of it.
 */
export async function createServiceAccount(
  ctx: Ctx,
  input: CreateServiceAccountInput,
): Promise<Outcome<ServiceAccountRow>> {
  const { organizationId, role } = input
  ctx.require('service-accounts:manage', { organizationId })
  const { userId: actorId } = requireOwnSession(ctx)
  ctx.requireStepUp()
  const problems = problemsOf(described, input)
  if (!(await canAssign(ctx, organizationId, role))) {
    problems.push(
      contract.failure('ROLE_ESCALATION', 'The role holds permissions that you do not hold.', [
        'input',
        'role',
      ]),
    )
  }
  if (problems.length > 0) return failed(...problems)
  const name = input.name.trim()

  return ctx.transaction(
    'createServiceAccount',
    async (tx) => {
      if (!(await lockAccount(tx, actorId)))
        return failed(contract.failure('NOT_FOUND', 'You have no account.'))
      const now = ctx.now()
      const user = await insertUser(ctx, tx, name)
      const [account] = await tx
        .insert(serviceAccounts)
        .values({
          id: ctx.newId('sva'),
          userId: user.id,
          organizationId,
          name,
          description: tidy(input.description),
          createdById: actorId,
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!account) throw new Error('insert returned nothing')
      const machine = { serviceAccountId: account.id, userId: user.id, organizationId, actorId }
      // First that it is a machine: nobody welcomes one.
      await tx.emit(serviceAccountCreated, { ...machine, name, role })
      await tx.emit(userRegistered, profileOf(user))
      await recordSecurity(ctx, tx, {
        userId: user.id,
        kind: 'SERVICE_ACCOUNT_CREATED',
        details: { name, organizationId, role },
      })
      return done(account)
    },
    {
      service_account_name_unique: () =>
        contract.failure('NAME_TAKEN', 'The organization has a service account of this name.', [
          'input',
          'name',
        ]),
    },
    input,
  )
}

/** The account that the machine acts with: nobody logs in to it, so there is nothing to verify. */
async function insertUser(ctx: Ctx, tx: Transaction, displayName: string): Promise<UserRow> {
  const now = ctx.now()
  const [user] = await tx
    .insert(users)
    .values({
      id: ctx.newId('usr'),
      kind: 'SERVICE',
      status: 'ACTIVE',
      displayName,
      locale: 'en',
      timezone: 'UTC',
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  if (!user) throw new Error('insert returned nothing')
  return user
}

/** Asked in the caller's name. */
async function canAssign(ctx: Ctx, organizationId: string, role: string): Promise<boolean> {
  const { canAssignRole } = await ctx.peers.ask<{ canAssignRole: boolean }>(
    'organizations',
    'query ($organizationId: ID!, $role: OrganizationRole!) { canAssignRole(organizationId: $organizationId, role: $role) }',
    { organizationId, role },
    ctx.token,
  )
  return canAssignRole
}
