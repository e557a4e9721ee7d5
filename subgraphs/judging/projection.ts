import type { EventTerms } from '@guildhall/events/contract'
import type { Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import type { ProjectFacts } from '@guildhall/projects/contract'
import { eq, lt } from 'drizzle-orm'
import type { Ctx } from './loaders.ts'
import { type EventTermsRow, eventTerms, projectFacts, teamMembers } from './tables.ts'

/**
 * The terms of an event that the caller may see, or null. Events that we have not heard of, or that seem not to be where
 * they are needed, are asked for in the caller's name: the news may still be on its way.
 */
export async function termsFor(
  ctx: Ctx,
  eventId: string,
  isFresh: (terms: EventTermsRow) => boolean = () => true,
): Promise<EventTermsRow | null> {
  if (!isId('evt', eventId)) return null
  const known = await ctx.loaders.eventTerms.load(eventId)
  if (known && isFresh(known)) return known
  const terms = await askTerms(ctx, eventId)
  if (!terms) return null
  await ctx.transaction('projectEvent', async (tx) => done(await keepTerms(tx, terms)))
  return ctx.loaders.eventTerms.clear(eventId).load(eventId)
}

/** Keeps the newest terms of an event that were heard of. */
export async function keepTerms(tx: Transaction, terms: HeardTerms): Promise<void> {
  const row = {
    organizationId: terms.organizationId,
    title: terms.title,
    status: terms.status,
    visibility: terms.visibility,
    endsAt: new Date(terms.endsAt),
    tracks: terms.tracks.map(({ id, name }) => ({ id, name })),
    termsVersion: terms.version,
  }
  await tx
    .insert(eventTerms)
    .values({ ...row, id: terms.eventId })
    .onConflictDoUpdate({
      target: eventTerms.id,
      set: row,
      setWhere: lt(eventTerms.termsVersion, terms.version),
    })
}

type HeardTerms = Pick<
  EventTerms,
  'eventId' | 'organizationId' | 'title' | 'status' | 'visibility' | 'endsAt' | 'tracks' | 'version'
>

async function askTerms(ctx: Ctx, eventId: string): Promise<HeardTerms | null> {
  const event = await ctx.peers.entity<
    Omit<HeardTerms, 'eventId' | 'organizationId'> & { organization: { id: string } }
  >(
    'events',
    'Event',
    eventId,
    'organization { id } title status visibility endsAt tracks { id name } version',
    ctx.token,
  )
  if (!event) return null
  const { organization, ...terms } = event
  return { ...terms, eventId, organizationId: organization.id }
}

/** Keeps the newest that was heard of a project of an event. What it handed in counts, if it did. */
export async function keepProject(tx: Transaction, facts: ProjectFacts): Promise<void> {
  if (facts.eventId === null) return
  const row = {
    eventId: facts.eventId,
    title: facts.submission?.title ?? facts.projectTitle,
    summary: facts.submission?.summary ?? null,
    demoUrl: facts.submission?.demoUrl ?? null,
    trackIds: facts.trackIds,
    status: facts.status,
    factsVersion: facts.version,
  }
  const kept = await tx
    .insert(projectFacts)
    .values({ ...row, id: facts.projectId })
    .onConflictDoUpdate({
      target: projectFacts.id,
      set: row,
      setWhere: lt(projectFacts.factsVersion, facts.version),
    })
    .returning({ id: projectFacts.id })
  if (kept.length === 0) return
  await tx.delete(teamMembers).where(eq(teamMembers.projectId, facts.projectId))
  const team = facts.memberIds.map((userId) => ({ projectId: facts.projectId, userId }))
  if (team.length > 0) await tx.insert(teamMembers).values(team)
}
