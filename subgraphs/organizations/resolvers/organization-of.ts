import type { Ctx } from '../loaders.ts'
import type { OrganizationRow } from '../tables.ts'

/** The organization of a row of ours; a foreign key says that it is there. */
export async function organizationOf(
  { organizationId }: { organizationId: string },
  _: unknown,
  ctx: Ctx,
): Promise<OrganizationRow> {
  const organization = await ctx.loaders.organization.load(organizationId)
  if (!organization) throw new Error(`organization ${organizationId} is gone`)
  return organization
}
