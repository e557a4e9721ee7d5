import type { Idempotent, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { GivenAnswer } from '../domain/answer-value.ts'
import { type ShownTicket, scannedAt, scanRefusal } from '../domain/scan-refusal.ts'
import { ticketHashOf } from '../domain/ticket-secret.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import type { CheckInListRow, CheckInRow, EventSeatsRow, RegistrationRow } from '../tables.ts'
import { inTurn } from '../turnstile.ts'
import { type AskedAtDoor, askAtDoor, keepDoorAnswers } from './door-answers.ts'
import { isToldAnew, judge } from './judge.ts'
import { lockList } from './lock-list.ts'
import { type AnswersSoFar, type KnownScans, knownScans, ticketsByHash } from './read-scans.ts'
import type { Change } from './tally.ts'
import { writeScans } from './write-scans.ts'

/** A scan as a device tells of it. */
export interface ToldScan {
  secret: string
  type: 'ENTRY' | 'EXIT'
  nonce: string
  deviceId: string
  at: Date | null
  people: number | null
  isForced: boolean
  /** The device had to decide alone. */
  isOffline: boolean
  /** What was asked at the door, and answered. */
  answers: readonly GivenAnswer[]
}

type Shown = ShownTicket & { registration: RegistrationRow; answersSoFar: AnswersSoFar | null }

/**
 * Takes scans at a list: all in one transaction, while the event's seats are locked. Answers stand in the order of the
 * scans; what came before under the same nonce is answered with what became of it.
 */
export function takeScans(
  ctx: Ctx,
  name: string,
  listId: string,
  scans: readonly ToldScan[],
  input: Idempotent,
): Promise<Outcome<CheckInRow[]>> {
  const work = async (tx: Transaction): Promise<Outcome<CheckInRow[]>> => {
    const locked = await lockList(ctx, tx, listId)
    if (!locked) return failed(noSuchList())
    const shown = await ticketsByHash(
      tx,
      locked.list.eventId,
      scans.map(({ secret }) => ticketHashOf(secret)),
    )
    const registrationIds = [...new Set([...shown.values()].map(({ registration }) => registration.id))]
    const nonces = scans.map(({ nonce }) => nonce)
    const known = await knownScans(tx, locked.list, nonces, registrationIds)
    const told = scans.filter(({ nonce }) => !known.byNonce.has(nonce))
    const asked = await askAtDoor(tx, told, shown)
    const fresh = freshRows(ctx, locked.list, told, shown, known, asked)
    const problems = await keepDoorAnswers(tx, fresh, asked)
    if (problems.length > 0) return failed(...problems)
    const changes = changesOf(locked.list, fresh, shown, known)
    const written = await writeScans(ctx, tx, listId, known.head, changes)
    await admit(ctx, tx, locked.seats, shown, written)
    const byNonce = new Map([...known.byNonce.values(), ...written].map((row) => [row.nonce, row]))
    return done(nonces.map((nonce) => rowOf(byNonce, nonce)))
  }
  return inTurn(listId, () => ctx.transaction(name, work, {}, input))
}

export const noSuchList = () =>
  contract.failure('NOT_FOUND', 'There is no such check-in list.', ['input', 'listId'])

/** Rows for scans that are new to us, judged by themselves; the same nonce twice is one scan. */
function freshRows(
  ctx: Ctx,
  list: CheckInListRow,
  scans: readonly ToldScan[],
  shown: ReadonlyMap<string, Shown>,
  known: KnownScans,
  asked: ReadonlyMap<string, AskedAtDoor>,
): CheckInRow[] {
  const now = ctx.now()
  const fresh = new Map<string, CheckInRow>()
  for (const scan of scans) {
    if (fresh.has(scan.nonce)) continue
    const ticket = shown.get(ticketHashOf(scan.secret))
    const at = scannedAt(scan.at, list, now)
    const refusal = scanRefusal({ ...scan, at }, list, ticket, asked.get(scan.nonce)?.isComplete ?? true)
    fresh.set(scan.nonce, {
      id: ctx.newId('chk'),
      listId: list.id,
      eventId: list.eventId,
      registrationId: ticket?.registration.id ?? null,
      type: scan.type,
      at,
      receivedAt: now,
      scannedById: ctx.viewer?.userId ?? null,
      deviceId: scan.deviceId,
      nonce: scan.nonce,
      asked: scan.people,
      isForced: scan.isForced,
      isOffline: scan.isOffline,
      result: refusal ? 'REJECTED' : 'OK',
      refusal,
      people: 0,
      outdoneById: null,
      isContender: refusal === null,
      isCurrent: false,
      undoneAt: null,
      undoneById: null,
      undoReason: null,
      arrival: (known.head?.seq ?? 0) + fresh.size + 1,
      seq: 0,
      entered: 0,
      exited: 0,
      rejected: 0,
    })
  }
  return [...fresh.values()]
}

/** What is to be written: the new rows, and those of before that they make something else of. */
function changesOf(
  list: CheckInListRow,
  fresh: readonly CheckInRow[],
  shown: ReadonlyMap<string, Shown>,
  known: KnownScans,
): Change[] {
  const freshIds = new Set(fresh.map(({ id }) => id))
  const partySizes = new Map(
    [...shown.values()].map(({ registration }) => [registration.id, registration.partySize]),
  )
  const contending = Map.groupBy(
    fresh.filter(({ isContender }) => isContender),
    (row) => row.registrationId ?? '',
  )
  const judged = [...contending].flatMap(([registrationId, own]) => {
    const before = known.contenders.get(registrationId) ?? []
    const partySize = partySizes.get(registrationId) ?? 1
    const allowance = { partySize, isReEntryAllowed: list.isReEntryAllowed }
    return changed(before, judge([...before, ...own], allowance, freshIds))
  })
  const refused = fresh.filter(({ isContender }) => !isContender)
  return [...refused.map((after) => ({ before: null, after })), ...judged]
}

/** Those of the judged rows that are new, or are not as they were. */
export function changed(before: readonly CheckInRow[], judged: readonly CheckInRow[]): Change[] {
  const earlier = new Map(before.map((row) => [row.id, row]))
  return judged
    .map((after) => ({ before: earlier.get(after.id) ?? null, after }))
    .filter((change) => change.before === null || isOther(change.before, change.after))
}

const isOther = (before: CheckInRow, after: CheckInRow): boolean =>
  isToldAnew(before, after) ||
  before.isCurrent !== after.isCurrent ||
  before.isContender !== after.isContender

/** Whoever was let in for the first time came: at any list of the event. */
async function admit(
  ctx: Ctx,
  tx: Transaction,
  seats: EventSeatsRow,
  shown: ReadonlyMap<string, Shown>,
  written: readonly CheckInRow[],
): Promise<void> {
  const entered = new Set(
    written
      .filter(({ type, result }) => type === 'ENTRY' && result === 'OK')
      .map((row) => row.registrationId),
  )
  const rows = new Map([...shown.values()].map(({ registration }) => [registration.id, registration]))
  const arrived = [...rows.values()].filter(({ id }) => entered.has(id))
  let left = seats
  for (const status of ['CONFIRMED', 'NO_SHOW'] as const) {
    const own = arrived.filter((row) => row.status === status)
    left = (await move(ctx, tx, left, own, { to: 'CHECKED_IN' })).seats
  }
}

function rowOf(byNonce: ReadonlyMap<string, CheckInRow>, nonce: string): CheckInRow {
  const row = byNonce.get(nonce)
  if (!row) throw new Error('a scan has no answer')
  return row
}
