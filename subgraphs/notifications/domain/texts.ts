import type { AnyNotification, TemplateValue } from '@guildhall/kit/notifications'
import { formatTemplate, type Reader } from '@guildhall/kit/templates'

/** What is known of the reading habits of those who have not told us any. */
export const unknownReader: Reader = { locale: 'en', timezone: 'UTC' }

/** The words of a notification for one reader; in English when they read a language that it does not have. */
export function textOf(
  { templates }: Pick<AnyNotification, 'templates'>,
  reader: Reader,
  values: Readonly<Record<string, TemplateValue>>,
): { title: string; body: string | null } {
  const translated = templates[reader.locale.split('-')[0] ?? '']
  const { title, body = '' } = translated ?? templates.en
  const as = translated ? reader : { ...reader, locale: 'en' }
  return { title: formatTemplate(title, as, values), body: formatTemplate(body, as, values) || null }
}
