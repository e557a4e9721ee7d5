import type { Context } from '@guildhall/kit/context'
import { eventRoleNames } from '../contract.ts'
import { standing } from '../standing.ts'
import type { EventReminderRow, EventRow } from '../tables.ts'

const pageSize = 5_000

/** Sponsors give money and are no staff. */
const staffRoles = eventRoleNames.filter((role) => role !== 'SPONSOR')

/** Those of a team that is out have no deadline any more. */
const runningProjects = ['DRAFT', 'SUBMITTED', 'UNDER_REVIEW', 'FINALIST', 'WINNER', 'NOT_SELECTED']

/**
 * Whom a reminder is for, as they stand now. Other domains are asked page by page, as this service.
 *
 * @throws ServiceUnavailable when one of them is away.
 */
export async function audienceOf(
  ctx: Context,
  { audience }: EventReminderRow,
  event: EventRow,
): Promise<string[]> {
  switch (audience) {
    case 'STAFF':
      return standing.people(ctx.db, event.id, staffRoles)
    case 'PARTICIPANTS':
      return inPages(async (after) => {
        const { eventAudience } = await ctx.peers.ask<{ eventAudience: string[] }>(
          'participants',
          'query ($eventId: ID!, $status: [RegistrationStatus!]!, $after: ID, $first: Int!) { eventAudience(eventId: $eventId, status: $status, after: $after, first: $first) }',
          { eventId: event.id, status: ['CONFIRMED', 'CHECKED_IN'], after, first: pageSize },
        )
        return eventAudience
      })
    case 'TEAMS':
      return inPages(async (after) => {
        const { projectAudience } = await ctx.peers.ask<{ projectAudience: string[] }>(
          'projects',
          'query ($organizationId: ID!, $eventId: ID, $status: [ProjectStatus!], $after: ID, $first: Int!) { projectAudience(organizationId: $organizationId, eventId: $eventId, status: $status, after: $after, first: $first) }',
          {
            organizationId: event.organizationId,
            eventId: event.id,
            status: runningProjects,
            after,
            first: pageSize,
          },
        )
        return projectAudience
      })
  }
}

async function inPages(read: (after: string | null) => Promise<string[]>): Promise<string[]> {
  const all: string[] = []
  for (;;) {
    const page = await read(all.at(-1) ?? null)
    all.push(...page)
    if (page.length < pageSize) return all
  }
}
