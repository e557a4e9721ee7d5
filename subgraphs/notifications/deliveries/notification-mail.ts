import type { MailMessage } from '@guildhall/kit/mail/message'
import type { NotificationRow } from '../tables.ts'

/**
 * A notification as a mail.
 *
 * @param unsubscribe turns off mails of its category; null for those that cannot be turned off.
 */
export function notificationMail(
  to: string,
  { type, title, body }: Pick<NotificationRow, 'type' | 'title' | 'body'>,
  unsubscribe: string | null,
): MailMessage {
  const paragraphs = [title, ...(body ? body.split(/\n{2,}/) : [])]
  const farewell = 'You have this mail because you have an account at Guildhall.'
  const wayOut = 'If you do not want mails of this kind any more:'
  return {
    to,
    subject: title,
    kind: type,
    text: `${[...paragraphs, `-- \n${farewell}${unsubscribe ? `\n${wayOut} ${unsubscribe}` : ''}`].join('\n\n')}\n`,
    html: `<!doctype html><html><meta charset="utf-8"><title>${escaped(title)}</title><h1 style="font-size:1.25rem">${escaped(title)}</h1>${paragraphs
      .slice(1)
      .map((paragraph) => `<p>${escaped(paragraph).replaceAll('\n', '<br>')}</p>`)
      .join('')}<hr><p><small>${farewell}${
      unsubscribe ? ` ${wayOut} <a href="${escaped(unsubscribe)}">unsubscribe</a>` : ''
    }</small></p></html>`,
    // RFC 8058: mail programs show a button, and send a POST there without a login.
    headers: unsubscribe
      ? {
          'List-Unsubscribe': `<${unsubscribe}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }
      : {},
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Titles and texts come from people: nothing in them is markup. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter)
