import { isId } from '@guildhall/kit/ids'
import { eq } from 'drizzle-orm'
import { hashOf } from './domain/invitation.ts'
import type { OrganizationGrant } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { rolePermissions } from './roles.ts'
import { invitations, members, type OrganizationInvitationRow } from './tables.ts'

/** What a person may do in which organization. */
export async function grantsOf(ctx: Ctx, userId: string): Promise<OrganizationGrant[]> {
  if (!isId('usr', userId)) return []
  const rows = await ctx.db.select().from(members).where(eq(members.userId, userId))
  return rows.map(({ organizationId, role }) => ({
    organizationId,
    role,
    permissions: [...rolePermissions[role]],
  }))
}

/** The invitation that a token was made for; whoever has the token may see it. */
export async function invitationByToken(ctx: Ctx, token: string): Promise<OrganizationInvitationRow | null> {
  const [invitation] = await ctx.db
    .select()
    .from(invitations)
    .where(eq(invitations.tokenHash, hashOf(token)))
  return invitation ?? null
}
