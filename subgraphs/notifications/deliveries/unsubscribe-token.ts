import { timingSafeEqual } from 'node:crypto'
import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import type { Language } from '@guildhall/kit/languages'
import { type NotificationTypeKey, typeOf } from '../domain/notification-types.ts'
import { categories } from '../domain/preferences.ts'
import type { NotificationRow } from '../tables.ts'

const purpose = 'notifications.unsubscribe'

/** What a link turns off: mails of a category, for one person. */
export interface Unsubscription {
  userId: string
  category: NotificationRow['category']
}

/**
 * A token that needs no login: signed with the secret of the house, so that nobody can make one for somebody else or find
 * out who has an account. It is good for as long as the secret is, because mails lie around, and does the same however
 * often it is used.
 */
export const unsubscribeToken = (
  { vault }: Pick<Context, 'vault'>,
  { userId, category }: Unsubscription,
): string => `${userId}.${category}.${vault.blindIndex(`${userId}.${category}`, purpose)}`

/** What a token turns off; null when it is not one of ours. */
export function readUnsubscribeToken(
  { vault }: Pick<Context, 'vault'>,
  token: string,
): Unsubscription | null {
  const [userId = '', name = '', ...signature] = token.split('.')
  const category = categories.find((known) => known === name)
  if (!isId('usr', userId) || category === undefined) return null
  const given = Buffer.from(signature.join('.'))
  const isOurs = vault
    .blindIndexes(`${userId}.${category}`, purpose)
    .map((expected) => Buffer.from(expected))
    .some((expected) => expected.length === given.length && timingSafeEqual(expected, given))
  return isOurs ? { userId, category } : null
}

/** Where a mail's recipient gets rid of such mails; null when they cannot be turned off. */
export function unsubscribeLink(
  ctx: Pick<Context, 'vault'>,
  publicUrl: string,
  { recipientId, type, category }: Pick<NotificationRow, 'recipientId' | 'type' | 'category'>,
  language: Language,
): string | null {
  if (typeOf(type as NotificationTypeKey).isCritical) return null
  const url = new URL('/unsubscribe', publicUrl)
  // The page behind it knows nobody.
  url.searchParams.set('lang', language)
  url.searchParams.set('token', unsubscribeToken(ctx, { userId: recipientId, category }))
  return url.href
}
