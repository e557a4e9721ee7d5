import { idOf } from '@guildhall/kit/ids'
import { deadLettersList, keyOf, latestDead } from '@guildhall/kit/operating/dead-letters'
import type { DeadFilter, DeadLetter } from '@guildhall/kit/operating/questions'
import { connection, keyset } from '@guildhall/kit/paging'
import { askDomain, hearAll } from './ask-domains.ts'
import { letterUuid } from './domain/letters.ts'
import type { DeadLetterFilter, QueryDeadLettersArgs } from './generated/graphql.ts'
import { type Ctx, platform } from './loaders.ts'
import type { DeadLetterConnectionRow, DeadLetterRow } from './tables.ts'

/** The list behind `Query.deadLetters`: a page of each domain, and of these the page of all. */
export async function listDeadLetters(
  ctx: Ctx,
  args: QueryDeadLettersArgs,
): Promise<DeadLetterConnectionRow> {
  ctx.require('operations:read', platform)
  const page = { first: args.first ?? 20, after: args.after ?? null }
  // Refuses here what every domain would refuse.
  keyset(deadLettersList, latestDead, page)
  const { answers, unavailableDomains } = await hearAll(ctx, args.filter?.consumer, (domain) =>
    askDomain(ctx, domain, { ask: 'deadLetters', filter: filterOf(args.filter), ...page }),
  )
  const rows = answers
    .flatMap(({ answer }) => answer.letters.map((letter) => toRow(ctx, letter)))
    .sort(latestFirst)
  const total = answers.reduce((sum, { answer }) => sum + answer.totalCount, 0)
  return {
    ...connection<DeadLetterRow>(deadLettersList, latestDead, page, rows, async () => total),
    unavailableDomains,
  }
}

/** One of them, whichever domain has it. */
export async function findDeadLetter(ctx: Ctx, id: string): Promise<DeadLetterRow | null> {
  ctx.require('operations:read', platform)
  const uuid = letterUuid(id)
  if (uuid === null) return null
  const { answers } = await hearAll(ctx, null, (domain) =>
    askDomain(ctx, domain, { ask: 'deadLetters', filter: { ids: [uuid] }, first: 1, after: null }),
  )
  const letter = answers.flatMap(({ answer }) => answer.letters)[0]
  return letter ? toRow(ctx, letter) : null
}

/** The domains' form of a filter; which domain is meant is not part of it. */
export const filterOf = (filter: Partial<DeadLetterFilter> | null | undefined): DeadFilter => ({
  ...(filter?.eventName == null ? {} : { eventName: filter.eventName }),
  ...(filter?.aggregate == null ? {} : { aggregate: filter.aggregate }),
  ...(filter?.deadAfter == null ? {} : { since: filter.deadAfter.toISOString() }),
})

/** Payloads tell of people, so they are for those alone who mend things. */
function toRow(ctx: Ctx, letter: DeadLetter): DeadLetterRow {
  const seesPayloads = ctx.can('operations:manage', platform)
  const { payload, occurredAt, replay, ...event } = letter.event
  return {
    ...keyOf(letter),
    id: idOf('ded', letter.id),
    event: {
      ...event,
      occurredAt: new Date(occurredAt),
      payload: seesPayloads ? JSON.stringify(payload) : null,
    },
    isReplay: replay !== undefined,
    attempts: letter.attempts,
    lastError: letter.lastError,
  }
}

/** The order of `latestDead`. */
function latestFirst(one: DeadLetterRow, other: DeadLetterRow): number {
  for (const { value } of latestDead) {
    const [a, b] = [value(one), value(other)]
    if (a < b) return 1
    if (a > b) return -1
  }
  return 0
}
