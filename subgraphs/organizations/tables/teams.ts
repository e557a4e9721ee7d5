import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { foreignKey, index, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { members, organizations, organizationsSchema } from './organizations.ts'

export const teamRole = organizationsSchema.enum('team_role', ['LEAD', 'MEMBER'])

export const teams = organizationsSchema.table(
  'team',
  {
    ...identified('tem'),
    organizationId: typeId('org')
      .notNull()
      .references(() => organizations.id),
    name: text().notNull(),
    description: text(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    // What points to a team points to its organization as well, so that the two cannot differ.
    unique('team_of_organization').on(t.organizationId, t.id),
    uniqueIndex('team_name_unique').on(t.organizationId, sql`lower(${t.name})`),
    index('team_by_organization').on(t.organizationId, t.name, t.id),
  ],
)

/** Ends with the membership in the organization and with the team, by the database. */
export const teamMembers = organizationsSchema.table(
  'team_member',
  {
    teamId: typeId('tem').notNull(),
    organizationId: typeId('org').notNull(),
    userId: typeId('usr').notNull(),
    role: teamRole().notNull(),
    joinedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'team_member_once', columns: [t.teamId, t.userId] }),
    foreignKey({
      name: 'team_member_in_team',
      columns: [t.organizationId, t.teamId],
      foreignColumns: [teams.organizationId, teams.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'team_member_in_organization',
      columns: [t.organizationId, t.userId],
      foreignColumns: [members.organizationId, members.userId],
    }).onDelete('cascade'),
    index('team_member_by_user').on(t.userId, t.joinedAt),
    index('team_member_by_membership').on(t.organizationId, t.userId),
  ],
)

export type TeamRow = typeof teams.$inferSelect
export type TeamMemberRow = typeof teamMembers.$inferSelect
export type TeamConnectionRow = Connection<TeamRow>
export type TeamMemberConnectionRow = Connection<TeamMemberRow>
