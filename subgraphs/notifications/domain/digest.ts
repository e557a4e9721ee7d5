import { isId } from '@guildhall/kit/ids'
import { languageOf } from '@guildhall/kit/languages'
import type { StateMachine } from '@guildhall/kit/state-machine'
import { formatTemplate, type Reader } from '@guildhall/kit/templates'
import type { NotificationType } from './notification-types.ts'

/** Gathers until its window closes; then it is handed over, or empty because nothing of it is to be told any more. */
export const digestLife: StateMachine<'OPEN' | 'CLOSED' | 'SENT' | 'EMPTY'> = {
  OPEN: [{ to: 'CLOSED' }],
  CLOSED: [{ to: 'SENT' }, { to: 'EMPTY' }],
  SENT: [],
  EMPTY: [],
}

/** Where an item is gathered, and until when if it is the first; null: it goes alone. */
export function digestOf(
  { digest, isCritical }: Pick<NotificationType, 'digest' | 'isCritical'>,
  { subjectId, cause }: { subjectId: string | null; cause?: string | undefined },
  now: Date,
): { key: string; closesAt: Date } | null {
  // What waits would come too late; and what was gathered is not gathered again.
  if (!digest || isCritical || isDigest(cause)) return null
  return {
    key: digest.by === 'SUBJECT' ? (subjectId ?? '') : '',
    closesAt: new Date(now.getTime() + digest.windowSeconds * 1_000),
  }
}

/** Whether a notification was made of a digest: it tells of nothing else. */
export const isDigest = (cause: string | undefined): boolean => cause !== undefined && isId('dig', cause)

/** An item as its reader was told of it. */
export interface DigestItem {
  title: string
  body: string | null
  scopeIds: readonly string[]
  subjectId: string | null
  eventId: string | null
}

/** More is not read by anybody. */
const shownMax = 50

const words = {
  en: { title: '{first}, and {more, number} more', rest: 'And {more, number} more.' },
  de: { title: '{first}, und {more, number} weitere', rest: 'Und {more, number} weitere.' },
}

/** Many told as one, in the order in which they happened; a single one as it is. */
export function digestText(
  items: readonly DigestItem[],
  reader: Reader,
): { title: string; body: string | null } {
  const [first] = items
  if (!first) throw new Error('there is nothing to tell')
  if (items.length === 1) return { title: first.title, body: first.body }
  const language = languageOf(reader.locale)
  const say = (template: string, more: number) =>
    formatTemplate(
      template,
      { ...reader, locale: reader.locale.startsWith(language) ? reader.locale : language },
      { first: first.title, more },
    )
  const lines = items
    .slice(0, shownMax)
    .map(({ title, body }) =>
      body === null ? `• ${title}` : `• ${title}\n  ${body.replaceAll('\n', '\n  ')}`,
    )
  if (items.length > shownMax) lines.push(say(words[language].rest, items.length - shownMax))
  return { title: say(words[language].title, items.length - 1), body: lines.join('\n') }
}

/** What all items have in common: that is what the digest is about. */
export function digestFacts(items: readonly DigestItem[]): Omit<DigestItem, 'title' | 'body'> {
  const [first, ...others] = items
  if (!first) throw new Error('there is nothing to tell')
  const same = <Key extends 'subjectId' | 'eventId'>(key: Key) =>
    others.every((other) => other[key] === first[key]) ? first[key] : null
  return {
    subjectId: same('subjectId'),
    eventId: same('eventId'),
    scopeIds: first.scopeIds.filter((id) => others.every((other) => other.scopeIds.includes(id))),
  }
}
