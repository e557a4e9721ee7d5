import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import { and, eq, inArray, max, or, type SQL, sql } from 'drizzle-orm'
import type { AnswerValue } from '../domain/answer-value.ts'
import {
  type CheckInListRow,
  type CheckInRow,
  checkIns,
  formFields,
  formFieldVersions,
  registrationAnswers,
  registrations,
  tickets,
} from '../tables.ts'

/** What somebody answered so far, by the id of the question. */
export type AnswersSoFar = ReadonlyMap<string, AnswerValue>

/** Null where nothing is asked at the door: then nothing more need be read. */
const answersSoFar: SQL<AnswersSoFar | null> = sql`case when exists (
    select 1 from ${formFields}
    join ${formFieldVersions} on ${formFieldVersions.fieldId} = ${formFields.id}
      and ${formFieldVersions.version} = ${formFields.version}
    where ${formFields.formId} = ${registrations.formId} and ${formFields.archivedAt} is null
      and ${formFieldVersions.definition} @> '{"isAskedAtCheckIn": true}'
  ) then (
    select coalesce(jsonb_object_agg(${registrationAnswers.fieldId}, ${registrationAnswers.value}), '{}')
    from ${registrationAnswers} where ${registrationAnswers.registrationId} = ${registrations.id}
  ) end`.mapWith(
  (answers: Record<string, AnswerValue>): AnswersSoFar =>
    new Map(
      Object.entries(answers).map(([id, value]) => [
        String(registrationAnswers.fieldId.mapFromDriverValue(id)),
        value,
      ]),
    ),
)

/** The tickets of an event that these hashes belong to, with whose they are and what those answered. */
export async function ticketsByHash(tx: Transaction, eventId: string, hashes: readonly string[]) {
  const rows = await tx
    .select({ ticket: tickets, registration: registrations, answersSoFar })
    .from(tickets)
    .innerJoin(registrations, eq(registrations.id, tickets.registrationId))
    .where(and(anyOf(tickets.secretHash, hashes), eq(tickets.eventId, eventId)))
  return new Map(rows.map((row) => [row.ticket.secretHash, row]))
}

/** What a list knows of the scans at hand. */
export interface KnownScans {
  byNonce: Map<string, CheckInRow>
  /** Scans of each registration that take part in their order. */
  contenders: Map<string, CheckInRow[]>
  /** The latest change of the list. */
  head: CheckInRow | undefined
}

/** Scans that came before, those of the same registrations, and the head of the feed: one statement. */
export async function knownScans(
  tx: Transaction,
  list: CheckInListRow,
  nonces: readonly string[],
  registrationIds: readonly string[],
): Promise<KnownScans> {
  const latest = tx
    .select({ seq: max(checkIns.seq) })
    .from(checkIns)
    .where(eq(checkIns.listId, list.id))
  const rows = await tx
    .select()
    .from(checkIns)
    .where(
      and(
        eq(checkIns.listId, list.id),
        or(
          anyOf(checkIns.nonce, nonces),
          anyOf(checkIns.registrationId, registrationIds),
          inArray(checkIns.seq, latest),
        ),
      ),
    )
  const contending = rows.filter(
    (row) => row.isContender && row.undoneAt === null && row.registrationId !== null,
  )
  return {
    byNonce: new Map(rows.map((row) => [row.nonce, row])),
    contenders: Map.groupBy(contending, (row) => row.registrationId ?? ''),
    head: rows.toSorted((a, b) => b.seq - a.seq)[0],
  }
}
