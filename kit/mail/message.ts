import { z } from 'zod'

/** A mail to one person. */
export interface MailMessage {
  /** The bare address. */
  to: string
  /** Line breaks and other control characters become spaces. */
  subject: string
  text: string
  html?: string | undefined
  /** Further headers, such as `List-Unsubscribe`; those that say from whom, to whom and what are not for callers. */
  headers?: Readonly<Record<string, string>> | undefined
  /** What it is about, e.g. `identity.verify_email`: for the log and for tests, not sent. */
  kind: string
}

/** What identifies a mail however often it is tried: a repeated one can be told by its Message-ID. */
export interface MailStamp {
  id: string
  createdAt: Date
}

/** The way out. A rejected promise is tried again later, unless it is {@link MailRefused}. */
export interface MailTransport {
  send(message: MailMessage, stamp: MailStamp): Promise<void>
  close(): Promise<void>
}

/** This mail will never be taken: trying again is of no use. */
export class MailRefused extends Error {}

/** Nor will any other mail to this address: nobody is there. */
export class MailAddressRefused extends MailRefused {}

/** What domains take (zod's rule), and hosts without a dot: ASCII without spaces, quotes or control characters. */
const address = z
  .string()
  .max(320)
  .refine((text) => z.regexes.email.test(text) || z.regexes.html5Email.test(text))

/** Who sends, see `MAIL_FROM`. */
export interface Sender {
  name: string
  address: string
}

/** Reads `Name <address>` or an address alone. @returns null when it is neither. */
export function parseSender(text: string): Sender | null {
  const [, name = '', bracketed, bare] = text.trim().match(/^(?:(.*?)\s*<([^<>]*)>|([^<>]*))$/) ?? []
  const own = { name: name.replace(/^"(.*)"$/, '$1'), address: bracketed ?? bare ?? '' }
  return address.safeParse(own.address).success && !controls.test(own.name) ? own : null
}

const reserved =
  /^(from|to|cc|bcc|sender|reply-to|return-path|subject|date|message-id|mime-version|content-.*|received|dkim-.*)$/i
const headerName = /^[A-Za-z][A-Za-z0-9-]{0,60}$/
const controls = /[\p{Cc}\u2028\u2029]/u
const subjectMax = 250

/**
 * The message as it may leave: nothing in it can begin a header of its own.
 *
 * @throws Error when the address is none, or a header is not for callers or holds a line break. The message is not named.
 */
export function checkedMessage(message: MailMessage): MailMessage {
  if (!address.safeParse(message.to).success) throw new MailRefused('the recipient is not a mail address')
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    if (!headerName.test(name) || reserved.test(name))
      throw new MailRefused('a header that is not for callers')
    if (controls.test(value)) throw new MailRefused(`the header ${name} holds a control character`)
  }
  const subject = message.subject.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  return { ...message, subject: [...subject].slice(0, subjectMax).join('') }
}

/** `a…@example.org`: enough to recognise one's own address in a log, not to collect others. */
export const maskedAddress = (to: string): string => to.replace(/^(.).*@/, '$1…@')
