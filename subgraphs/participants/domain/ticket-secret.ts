import { createHash, randomBytes } from 'node:crypto'

/** RFC 4648 base32 in capitals: a QR code holds it in its densest text mode, and people can read it out. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const secretBytes = 20
const prefix = 'GH1:'

/** A new secret: 160 random bits in 32 characters. */
export const newTicketSecret = (): string => {
  let text = ''
  let [bits, held] = [0, 0]
  for (const byte of randomBytes(secretBytes)) {
    bits = (bits << 8) | byte
    held += 8
    while (held >= 5) {
      held -= 5
      text += alphabet[(bits >>> held) & 31]
    }
    bits &= (1 << held) - 1
  }
  return text
}

/** What stands in the QR code. */
export const qrPayloadOf = (secret: string): string => prefix + secret

/** What is stored and looked up; of the secret or of what was read from the QR code. */
export function ticketHashOf(scanned: string): string {
  const text = scanned.trim().toUpperCase()
  const secret = text.startsWith(prefix) ? text.slice(prefix.length) : text
  return createHash('sha256').update(secret).digest('base64url')
}

/** Where the vault knows the secret of a ticket by. */
export const ticketPlace = ({ id }: { id: string }): string => `participants.ticket.sealed_secret:${id}`
