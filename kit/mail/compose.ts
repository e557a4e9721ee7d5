import type { SendMailOptions } from 'nodemailer'
import { checkedMessage, type MailMessage, type MailStamp, type Sender } from './message.ts'

/** What nodemailer makes a mail from. Checked here again, so that no transport depends on who calls it. */
export function compose(message: MailMessage, { id, createdAt }: MailStamp, from: Sender): SendMailOptions {
  const { to, subject, text, html, headers } = checkedMessage(message)
  return {
    from,
    to: { name: '', address: to },
    subject,
    text,
    ...(html === undefined ? {} : { html }),
    // Nobody's out-of-office shall answer us (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated', ...headers },
    messageId: `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
    date: createdAt,
    // Texts come from people: a path or an address in them is never to be opened by us.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}
