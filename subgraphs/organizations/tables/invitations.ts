import { identified, instant, timestamps, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { index, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { organizationRole, organizations, organizationsSchema } from './organizations.ts'

export const invitationStatus = organizationsSchema.enum('invitation_status', [
  'PENDING',
  'ACCEPTED',
  'DECLINED',
  'REVOKED',
  'EXPIRED',
])

export const invitations = organizationsSchema.table(
  'invitation',
  {
    ...identified('inv'),
    organizationId: typeId('org')
      .notNull()
      .references(() => organizations.id),
    email: text().notNull(),
    role: organizationRole().notNull(),
    status: invitationStatus().notNull().default('PENDING'),
    /** SHA-256 of the token. */
    tokenHash: text().notNull(),
    /** The account that had the address when the invitation was made. */
    inviteeUserId: typeId('usr'),
    invitedById: typeId('usr').notNull(),
    expiresAt: instant().notNull(),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('invitation_token_unique').on(t.tokenHash),
    uniqueIndex('invitation_one_pending').on(t.organizationId, t.email).where(sql`${t.status} = 'PENDING'`),
    index('invitation_by_organization').on(t.organizationId, t.createdAt, t.id),
  ],
)

export type OrganizationInvitationRow = typeof invitations.$inferSelect
export type OrganizationInvitationConnectionRow = Connection<OrganizationInvitationRow>
