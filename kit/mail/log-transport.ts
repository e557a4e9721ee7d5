import type { Log } from '../log.ts'
import { checkedMessage, type MailTransport, maskedAddress } from './message.ts'

/**
 * Where no way out is configured: says so for each mail.
 *
 * @param withText for developers, who want to follow the link; never in production, where logs are read by others.
 */
export const logTransport = (log: Log, withText: boolean): MailTransport => ({
  async send(message) {
    const { to, subject, text, kind } = checkedMessage(message)
    log.warn(
      { kind, ...(withText ? { to: maskedAddress(to), subject, text } : {}) },
      'mail not sent: neither SMTP_URL nor MAIL_FOLDER is set',
    )
  },
  close: async () => {},
})
