import type { MailMessage, MailTransport } from '../mail/message.ts'

/** Keeps mails instead of sending them. */
export interface RecordingTransport extends MailTransport {
  /** What was sent, in the order in which it was asked for. */
  sent(): MailMessage[]
}

export function recordingTransport(): RecordingTransport {
  const mails: { id: string; message: MailMessage }[] = []
  return {
    async send(message, { id }) {
      mails.push({ id, message })
    },
    sent: () => mails.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ message }) => message),
    close: async () => {},
  }
}
