import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import type { UpdateEventSeriesInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventSeriesRow, eventSeries } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'
import { seriesProblems } from './create-event-series.ts'

/** Renames a series, unless it was changed since the caller has seen it. */
export async function updateEventSeries(
  ctx: Ctx,
  input: UpdateEventSeriesInput,
): Promise<Outcome<EventSeriesRow>> {
  const seen = await ctx.loaders.series.load(input.id)
  if (!seen) return failed(noSuch('series', 'id'))
  ctx.require('events:write', seen)
  const title = input.title.trim()
  const problems = seriesProblems(title)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'updateEventSeries',
    async (tx) => {
      const [series] = await tx
        .update(eventSeries)
        .set({ title, version: sql`${eventSeries.version} + 1`, updatedAt: ctx.now() })
        .where(
          and(eq(eventSeries.id, seen.id), eq(eventSeries.version, input.expectedVersion ?? seen.version)),
        )
        .returning()
      if (series) return done(series)
      return failed(
        contract.failure('VERSION_CONFLICT', 'The series was changed meanwhile.', [
          'input',
          'expectedVersion',
        ]),
      )
    },
    {},
    input,
  )
}
