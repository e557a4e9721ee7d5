import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import { backboneTables } from '@guildhall/kit/events/tables'
import { mailTable } from '@guildhall/kit/mail/tables'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgSchema, text, uniqueIndex } from 'drizzle-orm/pg-core'

export const organizationsSchema = pgSchema('organizations')
export const backbone = backboneTables(organizationsSchema)
export const { outbox, inbox, idempotency } = backbone
export const mails = mailTable(organizationsSchema)

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
  'BILLING',
  'ORGANIZER',
  'MANAGER',
  'TECHNICIAN',
  'BUYER',
  'FULFILLER',
  'OFFICER',
  'MEMBER',
  'GUEST',
])

export const organizationStatus = organizationsSchema.enum('organization_status', [
  'ACTIVE',
  'CLOSING',
  'CLOSED',
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
    /** Counted like the owners. */
    customRoleCount: integer().notNull().default(0),
    status: organizationStatus().notNull().default('ACTIVE'),
    /** When the grace of one that is CLOSING is over. */
    closesAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    // Who is closed gives its name free.
    uniqueIndex('organization_slug_unique').on(t.slug).where(sql`${t.status} <> 'CLOSED'`),
    index('organization_closing').on(t.closesAt).where(sql`${t.status} = 'CLOSING'`),
    check(
      'organization_has_owner',
      sql`case when ${t.status} = 'CLOSED' then ${t.ownerCount} = 0 else ${t.ownerCount} >= 1 end`,
    ),
    check('organization_closing_at', sql`(${t.status} = 'CLOSING') = (${t.closesAt} is not null)`),
    check('organization_roles_max', sql`${t.customRoleCount} between 0 and 50`),
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
    /** A service account, which no person looks after in person: it cannot be an owner. */
    isService: boolean().notNull().default(false),
    /**
     * How much the person holds besides the role: own bindings, those of each of their teams, and the teams they lead. All
     * of it travels with each request and must stay little.
     */
    bindingCount: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex('member_once').on(t.organizationId, t.userId),
    check('member_service_no_owner', sql`not (${t.isService} and ${t.role} = 'OWNER')`),
    check('member_bindings_max', sql`${t.bindingCount} between 0 and 100`),
    index('member_by_user').on(t.userId, t.joinedAt),
    index('member_by_organization').on(t.organizationId, t.joinedAt, t.id),
  ],
)

/** What is counted of people, and stays when they leave. */
export const people = organizationsSchema.table(
  'person',
  {
    userId: typeId('usr').primaryKey().notNull(),
    /** How many organizations they belong to: their permissions travel with each request and must stay few. */
    organizationCount: integer().notNull(),
    /** Grows with each change of one of their memberships, so that what comes late can be told from what is new. */
    membershipVersion: integer().notNull().default(0),
  },
  (t) => [check('person_organizations_max', sql`${t.organizationCount} between 0 and 50`)],
)

/**
 * Machines whose admission is decided: they came in, were refused, or were removed before anybody heard of them. What
 * comes late must not let them in again.
 */
export const machines = organizationsSchema.table('machine', {
  ...identified('usr'),
  decidedAt: instant().notNull(),
})

export type OrganizationRow = typeof organizations.$inferSelect
export type OrganizationMemberRow = typeof members.$inferSelect
export type OrganizationMemberConnectionRow = Connection<OrganizationMemberRow>
