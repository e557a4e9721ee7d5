import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { boolean, index, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { projectVisibility } from './projects.ts'
import { projectsSchema } from './schema.ts'

/** What new projects of an organization start from. A project takes a copy and knows nothing of its template. */
export const projectTemplates = projectsSchema.table(
  'project_template',
  {
    ...identified('ptm'),
    organizationId: typeId('org').notNull(),
    name: text().notNull(),
    description: text(),
    /** What the summary of a new project says, Markdown. */
    summary: text(),
    tags: text().array().notNull(),
    visibility: projectVisibility().notNull(),
    isOpenToJoin: boolean().notNull(),
    canMembersInvite: boolean().notNull(),
    /** From then on nothing starts from it. */
    archivedAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    uniqueIndex('project_template_name')
      .on(t.organizationId, sql`lower(${t.name})`)
      .where(sql`${t.archivedAt} is null`),
    index('project_template_by_organization').on(t.organizationId, t.name, t.id),
  ],
)

export type ProjectTemplateRow = typeof projectTemplates.$inferSelect
export type ProjectTemplateConnectionRow = Connection<ProjectTemplateRow>
