import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, sourcesOf } from '@guildhall/kit/state-machine'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import contract, { organizationRestored } from '../contract.ts'
import { lifeAt, organizationLife } from '../domain/organization-life.ts'
import type { RestoreOrganizationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { type OrganizationRow, organizations } from '../tables.ts'

/** Calls off the end of an organization, as long as the grace lasts. */
export async function restoreOrganization(
  ctx: Ctx,
  input: RestoreOrganizationInput,
): Promise<Outcome<OrganizationRow>> {
  const path = ['input', 'organizationId']
  const organization = await ctx.loaders.organization.load(input.organizationId)
  if (!organization) return failed(contract.failure('NOT_FOUND', 'There is no such organization.', path))
  const { id: organizationId, name } = organization
  ctx.require('organizations:own', { organizationId })

  return ctx.transaction(
    'restoreOrganization',
    async (tx) => {
      const now = ctx.now()
      const [changed] = await tx
        .update(organizations)
        .set({ status: 'ACTIVE', closesAt: null, version: sql`${organizations.version} + 1`, updatedAt: now })
        .where(
          and(
            eq(organizations.id, organizationId),
            inArray(organizations.status, sourcesOf(organizationLife, 'ACTIVE')),
            gt(organizations.closesAt, now),
          ),
        )
        .returning()
      if (!changed) {
        const current = await lockOrganization(tx, organizationId, 'share')
        const from = current ? lifeAt(current, now) : 'CLOSED'
        return failed(illegalTransition(organizationLife, from, 'ACTIVE', path))
      }
      await tx.emit(organizationRestored, { organizationId, name, actorId: ctx.viewer?.userId ?? null })
      return done(changed)
    },
    {},
    input,
  )
}
