import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { and, arrayContains, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { normalisedTag } from './domain/tags.ts'
import type { ProjectFilter } from './generated/graphql.ts'
import { projectMembers, projects, searchedText } from './tables.ts'

/** What a filter leaves of the projects that the caller may see. */
export function matching(ctx: Context, filter: ProjectFilter | null | undefined): SQL | undefined {
  if (!filter) return undefined
  const { status, stage, organizationId, eventId, trackId, tag, search, isMine } = filter
  return and(
    status ? inArray(projects.status, status) : undefined,
    stage ? inArray(projects.stage, stage) : undefined,
    organizationId
      ? of(isId('org', organizationId), () => eq(projects.organizationId, organizationId))
      : undefined,
    eventId ? of(isId('evt', eventId), () => eq(projects.eventId, eventId)) : undefined,
    trackId ? arrayContains(projects.trackIds, [trackId]) : undefined,
    tag ? arrayContains(projects.tags, [normalisedTag(tag)]) : undefined,
    search?.trim() ? saying(search) : undefined,
    isMine ? ofViewer(ctx) : undefined,
  )
}

const of = (isIdOfKind: boolean, condition: () => SQL): SQL => (isIdOfKind ? condition() : sql`false`)

/** Each word as the beginning of a word of title or summary; served by the index `project_by_word`. */
const saying = (search: string): SQL => {
  const words = search.replaceAll('\0', '').split(/[\s./@:_-]+/)
  const query = words
    .filter((word) => word !== '')
    .map((word) => `'${word.replaceAll(/['\\]/g, '$&$&')}':*`)
    .join(' & ')
  return sql`${searchedText(projects.title, projects.summary)} @@ to_tsquery('simple', ${query})`
}

const ofViewer = (ctx: Context): SQL =>
  ctx.viewer
    ? inArray(
        projects.id,
        ctx.db
          .select({ id: projectMembers.projectId })
          .from(projectMembers)
          .where(eq(projectMembers.userId, ctx.viewer.userId)),
      )
    : sql`false`
