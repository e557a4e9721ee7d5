import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import {
  and,
  arrayOverlaps,
  asc,
  count,
  eq,
  gt,
  inArray,
  isNotNull,
  notExists,
  type SQL,
  sql,
} from 'drizzle-orm'
import contract from '../contract.ts'
import { audienceTooLarge, recipientsMax } from '../domain/announcement-draft.ts'
import { type Group, type Merged, mergeSlices, type Segment, type Slice } from '../domain/segment.ts'
import type { Ctx } from '../loaders.ts'
import { eventRoles, members, persons } from '../tables.ts'

/** Where an announcement belongs: to an event, or to an organization alone. */
export interface Place {
  eventId: string | null
  organizationId: string
}

/**
 * The place that a caller has named, if they may send announcements there.
 *
 * @throws Forbidden, and ServiceUnavailable when events is away.
 */
export async function placeOf(
  ctx: Ctx,
  named: { eventId?: string | null | undefined; organizationId?: string | null | undefined },
): Promise<Outcome<Place>> {
  const { eventId, organizationId } = named
  if ((eventId == null) === (organizationId == null)) {
    return failed(contract.failure('INVALID_VALUE', 'Give either an event or an organization.', ['input']))
  }
  if (organizationId != null) {
    if (!isId('org', organizationId)) return failed(noSuch('organization', 'organizationId'))
    ctx.require('announcements:send', { organizationId })
    return { ok: true, value: { eventId: null, organizationId } }
  }
  const event = await ctx.peers.entity<{ organization: { id: string } | null }>(
    'events',
    'Event',
    eventId ?? '',
    'organization { id }',
    ctx.token,
  )
  if (!event?.organization) return failed(noSuch('event', 'eventId'))
  ctx.require('announcements:send', { organizationId: event.organization.id })
  return { ok: true, value: { eventId: eventId ?? null, organizationId: event.organization.id } }
}

const noSuch = (what: string, field: string): Failure =>
  contract.failure('NOT_FOUND', `There is no such ${what}.`, ['input', field])

/** Who asks other domains: the caller (by the token of the operation), or this service in the background. */
type Asker = Pick<Context, 'db' | 'peers'> & { token?: string | undefined }

/** People of a segment behind an id, in the order of ids: the next so many of each of its groups, merged. */
export async function audiencePage(
  ctx: Asker,
  place: Place,
  { include, exclude }: Segment,
  after: string | null,
  size: number,
): Promise<Merged> {
  const read = (group: Group) => sliceOf(ctx, place, group, after, size)
  const [wanted, unwanted] = await Promise.all([
    Promise.all(include.map(read)),
    Promise.all(exclude.map(read)),
  ])
  return mergeSlices(wanted, unwanted)
}

/** So many are read within the operation that sends; a larger audience is read in the background. */
export const beginningSize = 1_000

/** The beginning of an audience, or why it cannot be written to. Asked in the caller's name. */
export async function beginningOf(
  ctx: Ctx,
  place: Place,
  segment: Segment,
  path: string[],
): Promise<Outcome<Merged>> {
  const merged = await audiencePage(ctx, place, segment, null, beginningSize)
  if (merged.upTo === null && merged.userIds.length === 0) {
    return failed(contract.failure('AUDIENCE_EMPTY', 'Nobody is in this segment.', path))
  }
  const isTooLarge = merged.upTo !== null && (await isCertainlyTooLarge(ctx, place, segment))
  return isTooLarge ? failed(audienceTooLarge(path)) : { ok: true, value: merged }
}

/** Whether the audience is too large, as far as that can be told without reading it: groups overlap. */
export async function isCertainlyTooLarge(
  ctx: Ctx,
  place: Place,
  { include, exclude }: Segment,
): Promise<boolean> {
  if (exclude.length > 0) return false
  const sizes = await Promise.all(include.map((group) => sizeOf(ctx, place, group)))
  return sizes.some((size) => size > recipientsMax)
}

async function sliceOf(
  ctx: Asker,
  place: Place,
  group: Group,
  after: string | null,
  first: number,
): Promise<Slice> {
  const ids = await idsOf(ctx, place, group, after, first)
  return { ids, isFull: ids.length === first }
}

async function idsOf(
  ctx: Asker,
  { eventId, organizationId }: Place,
  group: Group,
  after: string | null,
  first: number,
): Promise<string[]> {
  switch (group.kind) {
    case 'REGISTRATIONS': {
      if (group.status.length === 0) return []
      const { eventAudience } = await ctx.peers.ask<{ eventAudience: string[] }>(
        'participants',
        'query ($eventId: ID!, $status: [RegistrationStatus!]!, $tag: [String!], $category: [RegistrationCategory!], $after: ID, $first: Int!) { eventAudience(eventId: $eventId, status: $status, tag: $tag, category: $category, after: $after, first: $first) }',
        {
          eventId,
          status: group.status,
          tag: group.tag ?? null,
          category: group.category ?? null,
          after,
          first,
        },
        ctx.token,
      )
      return eventAudience
    }
    case 'STAFF':
      return (
        await ctx.db
          .select({ userId: eventRoles.userId })
          .from(eventRoles)
          .where(
            and(
              staffOf(eventId, organizationId, group.role),
              after === null ? undefined : gt(eventRoles.userId, after),
            ),
          )
          .orderBy(asc(eventRoles.userId))
          .limit(first)
      ).map((row) => row.userId)
    case 'MEMBERS':
      return (
        await ctx.db
          .select({ userId: members.userId })
          .from(members)
          .where(
            and(
              membersIn(ctx.db, organizationId, group.role),
              after === null ? undefined : gt(members.userId, after),
            ),
          )
          .orderBy(asc(members.userId))
          .limit(first)
      ).map((row) => row.userId)
    // These two are asked as this service, and only within the organization in whose name the caller may write.
    case 'TEAM': {
      const { teamAudience } = await ctx.peers.ask<{ teamAudience: string[] }>(
        'organizations',
        'query ($organizationId: ID!, $teamId: ID!, $after: ID, $first: Int!) { teamAudience(organizationId: $organizationId, teamId: $teamId, after: $after, first: $first) }',
        { organizationId, teamId: group.teamId, after, first },
      )
      return teamAudience
    }
    case 'PROJECTS': {
      const { projectAudience } = await ctx.peers.ask<{ projectAudience: string[] }>(
        'projects',
        'query ($organizationId: ID!, $eventId: ID, $projectId: ID, $status: [ProjectStatus!], $after: ID, $first: Int!) { projectAudience(organizationId: $organizationId, eventId: $eventId, projectId: $projectId, status: $status, after: $after, first: $first) }',
        { organizationId, eventId, projectId: group.projectId, status: group.status, after, first },
      )
      return projectAudience
    }
  }
}

/** How many people a group has; 0 where nobody counts them, which are groups that are never so large. */
async function sizeOf(ctx: Ctx, { eventId, organizationId }: Place, group: Group): Promise<number> {
  if (group.kind === 'REGISTRATIONS') {
    const { eventAudienceCount } = await ctx.peers.ask<{ eventAudienceCount: number }>(
      'participants',
      'query ($eventId: ID!, $status: [RegistrationStatus!]!, $tag: [String!], $category: [RegistrationCategory!]) { eventAudienceCount(eventId: $eventId, status: $status, tag: $tag, category: $category) }',
      { eventId, status: group.status, tag: group.tag ?? null, category: group.category ?? null },
      ctx.token,
    )
    return eventAudienceCount
  }
  if (group.kind !== 'MEMBERS') return 0
  const [row] = await ctx.db
    .select({ people: count() })
    .from(members)
    .where(membersIn(ctx.db, organizationId, group.role))
  return Number(row?.people ?? 0)
}

/** Members that read what they are told: accounts of machines do not. */
const membersIn = (
  db: Asker['db'],
  organizationId: string,
  role: readonly string[] | null,
): SQL | undefined =>
  and(
    eq(members.organizationId, organizationId),
    isNotNull(members.role),
    role ? inArray(members.role, [...role]) : undefined,
    notExists(
      db
        .select({ one: sql`1` })
        .from(persons)
        .where(and(eq(persons.id, members.userId), persons.isMachine)),
    ),
  )

/** People who help with an event: with one of these roles, or with any. */
const staffOf = (
  eventId: string | null,
  organizationId: string,
  role: readonly string[] | null,
): SQL | undefined =>
  and(
    eventId === null ? sql`false` : eq(eventRoles.objectId, eventId),
    eq(eventRoles.organizationId, organizationId),
    role === null ? sql`cardinality(${eventRoles.roles}) > 0` : arrayOverlaps(eventRoles.roles, [...role]),
  )
