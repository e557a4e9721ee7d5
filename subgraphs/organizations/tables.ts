import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import { backboneTables } from '@guildhall/kit/events/tables'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, integer, pgSchema, text, uniqueIndex } from 'drizzle-orm/pg-core'

export const organizationsSchema = pgSchema('organizations')
export const backbone = backboneTables(organizationsSchema)
export const { outbox, inbox, idempotency } = backbone

export const organizationKind = organizationsSchema.enum('organization_kind', [
  'INNOVATION',
  'MAKERSPACE',
  'COMMERCE',
  'CITY',
  'TEAM',
])
/** Like `builtInRoles` of the contract, which drizzle-kit cannot import. */
export const organizationRole = organizationsSchema.enum('organization_role', [
  'OWNER',
  'ADMIN',
  'ORGANIZER',
  'MEMBER',
  'GUEST',
])
export const invitationStatus = organizationsSchema.enum('invitation_status', [
  'PENDING',
  'ACCEPTED',
  'DECLINED',
  'REVOKED',
  'EXPIRED',
])

export const organizations = organizationsSchema.table(
  'organization',
  {
    ...identified('org'),
    name: text().notNull(),
    slug: text().notNull(),
    kind: organizationKind().notNull(),
    /** Counted with every change of a member, so that the check below holds however many leave at once. */
    ownerCount: integer().notNull(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    uniqueIndex('organization_slug_unique').on(t.slug),
    check('organization_has_owner', sql`${t.ownerCount} >= 1`),
  ],
)

export const members = organizationsSchema.table(
  'member',
  {
    ...identified('mem'),
    organizationId: typeId('org')
      .notNull()
      .references(() => organizations.id),
    userId: typeId('usr').notNull(),
    role: organizationRole().notNull(),
    joinedAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('member_once').on(t.organizationId, t.userId),
    index('member_by_user').on(t.userId, t.joinedAt),
    index('member_by_organization').on(t.organizationId, t.joinedAt, t.id),
  ],
)

/** How many organizations a person belongs to: their permissions travel with each request and must stay few. */
export const people = organizationsSchema.table(
  'person',
  { userId: typeId('usr').primaryKey().notNull(), organizationCount: integer().notNull() },
  (t) => [check('person_organizations_max', sql`${t.organizationCount} between 0 and 50`)],
)

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

export type OrganizationRow = typeof organizations.$inferSelect
export type OrganizationMemberRow = typeof members.$inferSelect
export type OrganizationInvitationRow = typeof invitations.$inferSelect
export type OrganizationMemberConnectionRow = Connection<OrganizationMemberRow>
export type OrganizationInvitationConnectionRow = Connection<OrganizationInvitationRow>
