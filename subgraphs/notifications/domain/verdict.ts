import { digestOf } from './digest.ts'
import type { NotificationType } from './notification-types.ts'
import { type QuietHours, quietUntil } from './quiet-hours.ts'
import { type Choice, isWanted, type Question } from './resolution.ts'

/** Why somebody does not want a notification by a channel. */
export type SkipReason = 'PREFERENCE' | 'MUTED'

/** What is to become of a notification on its way by one channel. */
export type Verdict =
  | { kind: 'SEND' }
  | { kind: 'SKIP'; reason: SkipReason }
  | { kind: 'DEFER'; until: Date }
  | { kind: 'DIGEST'; key: string; closesAt: Date }

/** A notification on its way. */
export interface Underway extends Question {
  type: NotificationType
  subjectId: string | null
  cause?: string
}

/** What the recipient has said. */
export interface Wishes {
  choices: readonly Choice[]
  defaults: readonly Choice[]
  /** Whether they have muted the subject, or a scope of the notification. */
  isMuted: boolean
  quietHours: QuietHours | null
}

/**
 * Decides by what holds at this moment. What is not wanted is dropped, what comes at a bad time waits; the inbox is
 * always the right time. What is gathered leaves when its digest closes, and is asked for again then. What is critical is stopped by quiet hours alone, and only if its recipient wants them so.
 */
export function verdictOf(question: Underway, wishes: Wishes, now: Date): Verdict {
  const { type, channel } = question
  if (!isWanted(question, wishes.choices, wishes.defaults)) return { kind: 'SKIP', reason: 'PREFERENCE' }
  if (wishes.isMuted && !type.isCritical) return { kind: 'SKIP', reason: 'MUTED' }
  if (channel === 'IN_APP') return { kind: 'SEND' }
  const digest = digestOf(type, question, now)
  if (digest) return { kind: 'DIGEST', ...digest }
  const hours = wishes.quietHours
  const until = hours && !(type.isCritical && hours.isCriticalAllowed) ? quietUntil(hours, now) : null
  return until === null ? { kind: 'SEND' } : { kind: 'DEFER', until }
}
