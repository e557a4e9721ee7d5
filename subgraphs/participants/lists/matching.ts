import { and, eq, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import { wordQuery } from '../domain/word-query.ts'
import type { RegistrationFilter } from '../generated/graphql.ts'
import { registrations, searchedWords, stagedDecisions } from '../tables.ts'

/** What is asked for beyond the filter: who is ordered by the queue is in it. */
export type ListFilter = RegistrationFilter & { isQueueing?: true }

/** Registrations that match all of a filter. */
export function matching(filter: ListFilter | null): SQL | undefined {
  if (!filter) return undefined
  const { status, category, tag, search, stagedDecision, hasStagedDecision, createdAfter, createdBefore } =
    filter
  return and(
    status ? inArray(registrations.status, status) : undefined,
    category ? inArray(registrations.category, category) : undefined,
    filter.isQueueing ? eq(registrations.status, 'WAITLISTED') : undefined,
    tag == null ? undefined : tagged(tag),
    search == null ? undefined : found(search),
    stagedDecision == null ? undefined : staged(sql`${stagedDecisions.decision} = ${stagedDecision}`),
    hasStagedDecision == null ? undefined : sql`${staged(sql`true`)} = ${hasStagedDecision}`,
    createdAfter ? gte(registrations.createdAt, createdAfter) : undefined,
    createdBefore ? lt(registrations.createdAt, createdBefore) : undefined,
  )
}

const tagged = (tag: string): SQL => sql`${registrations.tags} @> array[${tag}]::text[]`

const staged = (which: SQL): SQL =>
  sql`exists (select 1 from ${stagedDecisions} where ${stagedDecisions.registrationId} = ${registrations.id} and ${which})`

/** Words of the message and the answers by their beginnings, all of them; or the number; or a tag. */
function found(search: string): SQL | undefined {
  const words = wordQuery(search)
  const number = /^#?(\d{1,9})$/.exec(search.trim())?.[1]
  return or(
    words === null ? sql`false` : sql`${searchedWords(registrations)} @@ to_tsquery('simple', ${words})`,
    number === undefined ? undefined : eq(registrations.number, Number(number)),
    tagged(search.trim()),
  )
}
