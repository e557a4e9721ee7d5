import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, sourcesOf } from '@guildhall/kit/state-machine'
import { and, eq, inArray, sql } from 'drizzle-orm'
import contract, { organizationClosing } from '../contract.ts'
import { endOfGrace, lifeAt, organizationLife } from '../domain/organization-life.ts'
import type { DeleteOrganizationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { type OrganizationRow, organizations } from '../tables.ts'

/** Begins the end of an organization. Until the grace is over it goes on, but for newcomers. */
export async function deleteOrganization(
  ctx: Ctx,
  input: DeleteOrganizationInput,
): Promise<Outcome<OrganizationRow>> {
  const organization = await ctx.loaders.organization.load(input.organizationId)
  if (!organization) {
    return failed(
      contract.failure('NOT_FOUND', 'There is no such organization.', ['input', 'organizationId']),
    )
  }
  const { id: organizationId } = organization
  ctx.require('organizations:own', { organizationId })
  ctx.requireStepUp()
  if (input.slug !== organization.slug) {
    return failed(contract.failure('CONFIRMATION_MISMATCH', 'This is not its slug.', ['input', 'slug']))
  }

  return ctx.transaction(
    'deleteOrganization',
    async (tx) => {
      const now = ctx.now()
      const closesAt = endOfGrace(now)
      const [changed] = await tx
        .update(organizations)
        .set({
          status: 'CLOSING',
          closesAt,
          version: sql`${organizations.version} + 1`,
          updatedAt: now,
        })
        .where(
          and(
            eq(organizations.id, organizationId),
            inArray(organizations.status, sourcesOf(organizationLife, 'CLOSING')),
          ),
        )
        .returning()
      if (!changed) {
        const current = await lockOrganization(tx, organizationId, 'share')
        const from = current ? lifeAt(current, now) : 'CLOSED'
        return failed(illegalTransition(organizationLife, from, 'CLOSING', ['input', 'organizationId']))
      }
      await tx.emit(organizationClosing, {
        organizationId,
        name: changed.name,
        closesAt: closesAt.toISOString(),
        actorId: ctx.viewer?.userId ?? null,
      })
      return done(changed)
    },
    {},
    input,
  )
}
