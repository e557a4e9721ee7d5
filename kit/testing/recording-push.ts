import type { PushMessage, PushTarget, PushTransport } from '../push/message.ts'

/** A message with the device that it was for. */
export interface SentPush {
  target: PushTarget
  message: PushMessage
}

/** Keeps push messages instead of sending them. */
export interface RecordingPush extends PushTransport {
  /** What was sent so far, in this order. */
  sent: SentPush[]
  /** What becomes of the next ones: throw as a service would. Default: everything is taken. */
  answer: (push: SentPush) => void
}

export function recordingPush(): RecordingPush {
  const recording: RecordingPush = {
    sent: [],
    answer: () => {},
    async send(target, message) {
      const push = { target, message }
      recording.answer(push)
      recording.sent.push(push)
      return { providerId: `push-${recording.sent.length}` }
    },
    close: async () => {},
  }
  return recording
}
