import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { sql } from 'drizzle-orm'
import contract, { organizationCreated } from '../contract.ts'
import { organizationDraft, slugFrom } from '../domain/organization.ts'
import type { CreateOrganizationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { join, membershipConstraints } from '../memberships.ts'
import { type OrganizationRow, organizations } from '../tables.ts'

/** Founds an organization, with the caller as its owner. */
export async function createOrganization(
  ctx: Ctx,
  input: CreateOrganizationInput,
): Promise<Outcome<OrganizationRow>> {
  const { userId } = ctx.requireViewer()
  const problems = problemsOf(organizationDraft, input)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createOrganization',
    async (tx) => {
      const organization = await insert(ctx, tx, input)
      if (!organization) {
        return failed(contract.failure('SLUG_TAKEN', 'This slug is taken.', ['input', 'slug']))
      }
      const joined = await join(ctx, tx, organization, { userId, role: 'OWNER' }, true)
      if (!joined.ok) return joined
      const { id: organizationId, name, kind } = organization
      await tx.emit(organizationCreated, { organizationId, name, kind, ownerId: userId })
      return done(organization)
    },
    membershipConstraints,
    input,
  )
}

/** A slug that we made up gives way to one that is there; a slug that was asked for does not. */
async function insert(
  ctx: Ctx,
  tx: Transaction,
  { name, slug, kind }: CreateOrganizationInput,
): Promise<OrganizationRow | undefined> {
  const id = ctx.newId('org')
  const now = ctx.now()
  const tryWith = async (chosen: string) => {
    const [organization] = await tx
      .insert(organizations)
      .values({ id, name: name.trim(), slug: chosen, kind, ownerCount: 1, createdAt: now, updatedAt: now })
      .onConflictDoNothing({ target: organizations.slug, where: sql`${organizations.status} <> 'CLOSED'` })
      .returning()
    return organization
  }
  if (slug) return tryWith(slug)
  const ownSlug = slugFrom(name)
  return (await tryWith(ownSlug)) ?? tryWith(`${ownSlug}-${id.slice(-8)}`)
}
