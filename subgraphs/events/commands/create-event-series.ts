import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { CreateEventSeriesInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventSeriesRow, eventSeries } from '../tables.ts'

/** Begins a series of an organization in which the caller may write events. */
export async function createEventSeries(
  ctx: Ctx,
  input: CreateEventSeriesInput,
): Promise<Outcome<EventSeriesRow>> {
  const { organizationId } = input
  ctx.require('events:write', { organizationId })
  const title = input.title.trim()
  const problems = seriesProblems(title)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createEventSeries',
    async (tx) => {
      const now = ctx.now()
      const [series] = await tx
        .insert(eventSeries)
        .values({ id: ctx.newId('ser'), organizationId, title, createdAt: now, updatedAt: now })
        .returning()
      if (!series) throw new Error('insert returned nothing')
      return done(series)
    },
    {},
    input,
  )
}

export const seriesProblems = (title: string) => problemsOf(z.object({ title: line(200) }), { title })
