import type { Outlets } from '@guildhall/kit/background-work'
import type { Context } from '@guildhall/kit/context'
import { uuidOf } from '@guildhall/kit/ids'
import type { Language } from '@guildhall/kit/languages'
import { MailAddressRefused, MailRefused } from '@guildhall/kit/mail/message'
import { attemptsMax, type Result } from '../domain/delivery.ts'
import { settings } from '../settings.ts'
import { type Leased, wordsOf } from './lease.ts'
import { notificationMail } from './notification-mail.ts'
import { suppress } from './suppressions.ts'
import { unsubscribeLink } from './unsubscribe-token.ts'

/** Where a mail goes, and what is read there. */
export interface MailTarget {
  to: string
  language: Language
}

/** Hands one mail over. Its Message-ID comes from the delivery, so that one that comes twice can be told. */
export async function sendMail(
  ctx: Context,
  { mail }: Pick<Outlets, 'mail'>,
  delivery: Leased,
  { to, language }: MailTarget,
): Promise<Result> {
  const { notification, attempts, type } = delivery
  const link = unsubscribeLink(ctx, settings().PUBLIC_URL, notification, language)
  try {
    if (attempts > attemptsMax) throw new MailRefused('every sender died with it')
    await mail.send(notificationMail({ to, type, language, ...wordsOf(delivery) }, link), {
      id: uuidOf('dlv', delivery.id),
      createdAt: delivery.createdAt,
    })
    return { status: 'SENT' }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown)
    if (thrown instanceof MailAddressRefused) {
      await suppress(ctx, to, 'BOUNCE')
      return { status: 'BOUNCED', reason: 'BOUNCE', error }
    }
    if (thrown instanceof MailRefused) return { status: 'DEAD', reason: 'REFUSED', error }
    if (attempts >= attemptsMax) return { status: 'DEAD', reason: 'GIVEN_UP', error }
    return { status: 'RETRY', error, retryAfterMs: null }
  }
}
