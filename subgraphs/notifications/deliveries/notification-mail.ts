import type { Language } from '@guildhall/kit/languages'
import type { MailMessage } from '@guildhall/kit/mail/message'
import type { Text } from '../domain/texts.ts'

/** What stands below every mail. */
const frames: Readonly<Record<Language, { farewell: string; wayOut: string; link: string }>> = {
  en: {
    farewell: 'You have this mail because you have an account at Guildhall.',
    wayOut: 'If you do not want mails of this kind any more:',
    link: 'unsubscribe',
  },
  de: {
    farewell: 'Sie erhalten diese Mail, weil Sie ein Konto bei Guildhall haben.',
    wayOut: 'Wenn Sie solche Mails nicht mehr möchten:',
    link: 'abbestellen',
  },
}

/** A notification on its way to an address. */
interface Letter extends Text {
  to: string
  type: string
  /** What its reader reads. */
  language: Language
}

/**
 * A notification as a mail.
 *
 * @param unsubscribe turns off mails of its category; null for those that cannot be turned off.
 */
export function notificationMail(
  { to, type, title, body, language }: Letter,
  unsubscribe: string | null,
): MailMessage {
  const paragraphs = [title, ...(body ? body.split(/\n{2,}/) : [])]
  const { farewell, wayOut, link } = frames[language]
  return {
    to,
    subject: title,
    kind: type,
    text: `${[...paragraphs, `-- \n${farewell}${unsubscribe ? `\n${wayOut} ${unsubscribe}` : ''}`].join('\n\n')}\n`,
    html: `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escaped(title)}</title><h1 style="font-size:1.25rem">${escaped(title)}</h1>${paragraphs
      .slice(1)
      .map((paragraph) => `<p>${escaped(paragraph).replaceAll('\n', '<br>')}</p>`)
      .join('')}<hr><p><small>${farewell}${
      unsubscribe ? ` ${wayOut} <a href="${escaped(unsubscribe)}">${link}</a>` : ''
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
