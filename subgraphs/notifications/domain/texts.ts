import { ownWords, type Words, type WordyChannel, wordyChannels } from '@guildhall/kit/notification-words'
import type { AnyNotification, TemplateValue } from '@guildhall/kit/notifications'
import { formatTemplate, type Reader } from '@guildhall/kit/templates'

/** What is known of the reading habits of those who have not told us any. */
export const unknownReader: Reader = { locale: 'en', timezone: 'UTC' }

/** What one person reads. */
export interface Text {
  title: string
  body: string | null
}

/** The same by ways that say it otherwise than the app. */
export type OwnWords = Partial<Record<WordyChannel, Text>>

/** The words of a notification for one reader; in English when they read a language that it does not have. */
export function textOf(
  { templates }: Pick<AnyNotification, 'templates'>,
  reader: Reader,
  values: Readonly<Record<string, TemplateValue>>,
): Text & { ownWords: OwnWords } {
  const translated = templates[reader.locale.split('-')[0] ?? '']
  const template = translated ?? templates.en
  const as = translated ? reader : { ...reader, locale: 'en' }
  const say = ({ title, body }: Words): Text => ({
    title: formatTemplate(title, as, values),
    body: formatTemplate(body, as, values) || null,
  })
  const own = wordyChannels.flatMap((channel) => {
    const words = ownWords(template, channel)
    return words ? [[channel, say(words)] as const] : []
  })
  return { ...say({ body: '', ...template }), ownWords: Object.fromEntries(own) }
}
