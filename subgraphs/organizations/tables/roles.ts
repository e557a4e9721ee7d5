import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, foreignKey, index, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { members, organizationRole, organizations, organizationsSchema } from './organizations.ts'
import { teams } from './teams.ts'

export const customRoles = organizationsSchema.table(
  'custom_role',
  {
    ...identified('rol'),
    organizationId: typeId('org')
      .notNull()
      .references(() => organizations.id),
    name: text().notNull(),
    description: text(),
    permissions: text().array().notNull(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    unique('custom_role_of_organization').on(t.organizationId, t.id),
    uniqueIndex('custom_role_name_unique').on(t.organizationId, sql`lower(${t.name})`),
  ],
)

/** A role given on top of that of the membership. Ends with the membership and with the team, by the database. */
export const roleBindings = organizationsSchema.table(
  'role_binding',
  {
    ...identified('rbd'),
    organizationId: typeId('org')
      .notNull()
      .references(() => organizations.id),
    userId: typeId('usr'),
    teamId: typeId('tem'),
    role: organizationRole(),
    customRoleId: typeId('rol'),
    /** The one object that it is for, an id of any kind; null: everything in the organization. */
    scopeId: text(),
    grantedById: typeId('usr').notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    unique('role_binding_once')
      .on(t.organizationId, t.userId, t.teamId, t.role, t.customRoleId, t.scopeId)
      .nullsNotDistinct(),
    check('role_binding_one_subject', sql`num_nonnulls(${t.userId}, ${t.teamId}) = 1`),
    check('role_binding_one_role', sql`num_nonnulls(${t.role}, ${t.customRoleId}) = 1`),
    // Owners are counted, and counted are memberships.
    check('role_binding_no_owner', sql`${t.role} <> 'OWNER'`),
    foreignKey({
      name: 'role_binding_of_member',
      columns: [t.organizationId, t.userId],
      foreignColumns: [members.organizationId, members.userId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'role_binding_of_team',
      columns: [t.organizationId, t.teamId],
      foreignColumns: [teams.organizationId, teams.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'role_binding_role_in_use',
      columns: [t.organizationId, t.customRoleId],
      foreignColumns: [customRoles.organizationId, customRoles.id],
    }),
    index('role_binding_by_user').on(t.userId),
    index('role_binding_by_team').on(t.teamId),
    index('role_binding_by_custom_role').on(t.customRoleId),
    index('role_binding_by_organization').on(t.organizationId, t.createdAt, t.id),
  ],
)

export type OrganizationCustomRoleRow = typeof customRoles.$inferSelect
export type RoleBindingRow = typeof roleBindings.$inferSelect
export type RoleBindingConnectionRow = Connection<RoleBindingRow>
