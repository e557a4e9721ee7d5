import type { EventTerms } from '@guildhall/events/contract'
import type { Context, Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { lt } from 'drizzle-orm'
import { isRunning } from './domain/submission-window.ts'
import type { Ctx } from './loaders.ts'
import { type EventTermsRow, eventTerms } from './tables.ts'

/**
 * The terms of an event that the caller may see, or null. Events that we have not heard of, or that seem not to run,
 * are asked for in the caller's name: the news of a publication may still be on its way.
 */
export async function termsFor(ctx: Ctx, eventId: string): Promise<EventTermsRow | null> {
  if (!isId('evt', eventId)) return null
  const known = await ctx.loaders.eventTerms.load(eventId)
  if (known && isRunning(known)) return known
  const terms = await askTerms(ctx, eventId)
  if (!terms) return null
  await ctx.transaction('projectEvent', async (tx) => done(await keepTerms(tx, terms)))
  return ctx.loaders.eventTerms.clear(eventId).load(eventId)
}

/** Keeps the newest terms of an event that were heard of. @returns whether these were new. */
export async function keepTerms(tx: Transaction, terms: HeardTerms): Promise<boolean> {
  const row = {
    organizationId: terms.organizationId,
    title: terms.title,
    status: terms.status,
    visibility: terms.visibility,
    endsAt: new Date(terms.endsAt),
    submissionDeadline: terms.submissionDeadline === null ? null : new Date(terms.submissionDeadline),
    graceMinutes: terms.graceMinutes,
    maxTeamSize: terms.maxTeamSize,
    minTeamSize: terms.minTeamSize,
    tracks: terms.tracks,
    termsVersion: terms.version,
  }
  const kept = await tx
    .insert(eventTerms)
    .values({ ...row, id: terms.eventId })
    .onConflictDoUpdate({
      target: eventTerms.id,
      set: row,
      setWhere: lt(eventTerms.termsVersion, terms.version),
    })
    .returning({ id: eventTerms.id })
  return kept.length > 0
}

type HeardTerms = Pick<
  EventTerms,
  | 'eventId'
  | 'organizationId'
  | 'title'
  | 'status'
  | 'visibility'
  | 'endsAt'
  | 'submissionDeadline'
  | 'graceMinutes'
  | 'maxTeamSize'
  | 'minTeamSize'
  | 'tracks'
  | 'version'
>

async function askTerms(ctx: Ctx, eventId: string): Promise<HeardTerms | null> {
  const event = await ctx.peers.entity<
    Omit<HeardTerms, 'eventId' | 'organizationId'> & { organization: { id: string } }
  >(
    'events',
    'Event',
    eventId,
    'organization { id } title status visibility endsAt submissionDeadline graceMinutes maxTeamSize minTeamSize tracks { id name } version',
    ctx.token,
  )
  if (!event) return null
  const { organization, ...terms } = event
  return { ...terms, eventId, organizationId: organization.id }
}

/** Whether a person has a seat in an event; asks participants, as this service. @throws ServiceUnavailable */
export async function takesPart(ctx: Context, eventId: string, userId: string): Promise<boolean> {
  if (!isId('usr', userId)) return false
  const { participation } = await ctx.peers.ask<{ participation: string | null }>(
    'participants',
    'query ($eventId: ID!, $userId: ID!) { participation(eventId: $eventId, userId: $userId) }',
    { eventId, userId },
  )
  return participation === 'CONFIRMED' || participation === 'CHECKED_IN'
}
