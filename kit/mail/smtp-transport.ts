import { createTransport, type SendMailOptions } from 'nodemailer'
import type SMTPPool from 'nodemailer/lib/smtp-pool'
import { compose } from './compose.ts'
import { MailAddressRefused, MailRefused, type MailTransport, type Sender } from './message.ts'

/** Longest time for one mail, well within a sender's lease. */
const sendMs = 30_000
/** Mails under way at a time. */
const connections = 5

/** What nodemailer says beyond the words. */
type SmtpError = Partial<Error & { responseCode: number; command: string; response: string }>

/**
 * Hands mails to an SMTP server over a few connections that stay open.
 *
 * @param url `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. `smtp://` turns to TLS when
 *   the server offers it; `?requireTLS=true` insists.
 */
export function smtpTransport(url: string, from: Sender): MailTransport {
  const options: SMTPPool.Options & { maxRequeues: number } = {
    url,
    pool: true,
    // What fails is tried again by the sender, which notes it: the pool would do so while the lease runs out.
    maxRequeues: 0,
    maxConnections: connections,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 15_000,
  }
  const pool = createTransport(options)
  return {
    async send(message, stamp) {
      const mail: SendMailOptions & { signal: AbortSignal } = {
        ...compose(message, stamp, from),
        signal: AbortSignal.timeout(sendMs),
      }
      try {
        await pool.sendMail(mail)
      } catch (error) {
        const { message } = error as Error
        if (isOfAddress(error as SmtpError)) throw new MailAddressRefused(message)
        throw isRefusal(error as SmtpError) ? new MailRefused(message) : error
      }
    },
    close: async () => pool.close(),
  }
}

/**
 * A permanent refusal (5xx) of the recipient or the content. One of the login, the connection or the sender is about
 * our settings, which somebody can mend.
 */
const isRefusal = ({ responseCode = 0, command = '' }: SmtpError): boolean =>
  responseCode >= 500 && responseCode < 600 && ['RCPT TO', 'DATA'].includes(command)

/**
 * Whether a refusal is about the mailbox (RFC 3463: 5.1.x, or 5.2.1, disabled), not about us: "relaying denied" is said
 * to a recipient too. Servers that give no such code are believed when they say that there is no mailbox.
 */
function isOfAddress({ responseCode = 0, command = '', response = '' }: SmtpError): boolean {
  if (command !== 'RCPT TO') return false
  const detail = /^5\d\d[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1]
  return detail === undefined ? [550, 551, 553].includes(responseCode) : /^5\.(1\.\d+|2\.1)$/.test(detail)
}
