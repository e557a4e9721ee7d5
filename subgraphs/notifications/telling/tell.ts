import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import type { Envelope } from '@guildhall/kit/events/envelope'
import { isId } from '@guildhall/kit/ids'
import type { AnyNotification, NotificationFacts } from '@guildhall/kit/notifications'
import { byAnother, type Notice } from '../domain/notice.ts'
import { declaredNotifications } from '../domain/notification-types.ts'
import { textOf, unknownReader } from '../domain/texts.ts'
import { deliver } from '../inbox/deliver.ts'
import { persons } from '../tables.ts'
import { peopleOf, watchersOf } from './audience.ts'

/** The types that an event makes notifications of. */
const byEvent = Map.groupBy(declaredNotifications, ({ event }) => event?.name)

/** Puts what an event gives people to know into their inboxes, in their own words. */
export async function tell(tx: Transaction, event: Envelope<never>, ctx: Context): Promise<void> {
  const { payload } = event
  for (const type of byEvent.get(event.name) ?? []) {
    if (type.when?.(payload) === false) continue
    const facts = type.facts?.(payload, personOf(event))
    if (!facts) continue
    await deliver(tx, ctx, event.id, await noticesOf(tx, type, payload, facts))
  }
}

async function noticesOf(
  tx: Transaction,
  type: AnyNotification,
  payload: never,
  facts: NotificationFacts,
): Promise<Notice[]> {
  const recipients = new Set(type.recipients ? await peopleOf(tx, type.recipients(payload)) : [])
  const watchers = type.watchers ? await watchersOf(tx, type.watchers.of(payload)) : []
  const everybody = new Set([...recipients, ...watchers])
  if (type.skipsActor && facts.actorId) everybody.delete(facts.actorId)
  if (everybody.size === 0) return []
  const people = await readersOf(tx, [...everybody])
  // Many read the same language in the same zone.
  const texts = new Map<string, ReturnType<typeof textOf>>()
  return [...everybody].flatMap((recipientId) => {
    const { isReading, ...reader } = people.get(recipientId) ?? { ...unknownReader, isReading: true }
    if (!isReading) return []
    const isWatching = !recipients.has(recipientId)
    const watching = isWatching ? 'yes' : 'no'
    const manner = `${watching} ${reader.locale} ${reader.timezone}`
    const text = texts.get(manner) ?? textOf(type, reader, { ...facts.variables, watching })
    texts.set(manner, text)
    // That somebody sees a thing does not say that they see who is behind it, such as the team of a judged project.
    const told = isWatching ? { ...facts, actorId: null } : facts
    return [{ ...noticeOf(type, payload, told, recipientId), ...text }]
  })
}

const noticeOf = (
  type: AnyNotification,
  payload: never,
  {
    actorId = null,
    subjectId,
    eventId = null,
    registrationId = null,
    scopeIds = [],
    ...more
  }: NotificationFacts,
  recipientId: string,
): Omit<Notice, 'title' | 'body' | 'ownWords'> => ({
  type: type.key,
  recipientId,
  actorId: byAnother(actorId, recipientId),
  subjectId,
  eventId,
  registrationId,
  scopeIds: [...scopeIds],
  groupKey: more.groupKey ?? null,
  expiresAt: more.expiresAt ?? null,
  dedupe: type.dedupe ? { key: type.dedupe.key(payload), windowSeconds: type.dedupe.windowSeconds } : null,
})

/** How people read; machines do not, and of who was erased nobody is left. */
async function readersOf(tx: Transaction, userIds: readonly string[]) {
  const rows = await tx.select().from(persons).where(anyOf(persons.id, userIds))
  return new Map(
    rows.map(({ id, locale, timezone, isMachine, isErased }) => {
      const reader = { locale, timezone, isReading: !isMachine && !isErased }
      return [id, reader] as const
    }),
  )
}

/** The person behind an event, if it was one. */
const personOf = ({ actor }: Envelope<unknown>): string | null =>
  actor !== null && isId('usr', actor) ? actor : null
