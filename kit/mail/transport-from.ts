import { type Config, ConfigError } from '../config.ts'
import type { Log } from '../log.ts'
import { folderTransport } from './folder-transport.ts'
import { logTransport } from './log-transport.ts'
import { type MailTransport, parseSender } from './message.ts'
import { smtpTransport } from './smtp-transport.ts'

/** The transport of a process. @throws ConfigError when MAIL_FROM names no sender. */
export function mailTransportFrom(
  config: Pick<Config, 'NODE_ENV' | 'SMTP_URL' | 'MAIL_FROM' | 'MAIL_FOLDER'>,
  log: Log,
): MailTransport {
  const from = parseSender(config.MAIL_FROM)
  if (!from) throw new ConfigError('MAIL_FROM is neither `Name <address>` nor an address.')
  if (config.SMTP_URL) return smtpTransport(config.SMTP_URL, from)
  if (config.MAIL_FOLDER) return folderTransport(config.MAIL_FOLDER, from)
  return logTransport(log, config.NODE_ENV !== 'production')
}
