import type { MailMessage, MailTransport } from '../mail/message.ts'

/** Keeps mails instead of sending them. */
export interface RecordingTransport extends MailTransport {
  /** What was sent, in the order in which it was asked for. */
  sent(): MailMessage[]
  /** What becomes of the next ones: throw as a server would. Default: everything is taken. */
  answer: (message: MailMessage) => void
}

export function recordingTransport(): RecordingTransport {
  const mails: { id: string; message: MailMessage }[] = []
  const recording: RecordingTransport = {
    answer: () => {},
    async send(message, { id }) {
      recording.answer(message)
      mails.push({ id, message })
    },
    sent: () => mails.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ message }) => message),
    close: async () => {},
  }
  return recording
}
