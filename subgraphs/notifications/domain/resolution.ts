import type { PreferenceRow } from '../tables.ts'
import type { NotificationType } from './notification-types.ts'

/** What somebody has chosen, or those who manage a scope have set for all. */
export type Choice = Pick<PreferenceRow, 'scopeId' | 'type' | 'category' | 'channel' | 'isEnabled'>

/** What is to be decided for one person. */
export interface Question {
  type: Pick<NotificationType, 'key' | 'category' | 'isCritical' | 'channels'>
  channel: PreferenceRow['channel']
  /** Project, event, organization of the notification, the narrowest first. */
  scopeIds: readonly string[]
}

/**
 * Whether a notification comes by a channel. The first that says anything counts:
 *
 * 1. a channel that the type does not have: no; a critical type: yes
 * 2. the person's own choices: for the project, the event, the organization, then for everything; within each for the
 *    type, then its category, then the whole channel
 * 3. what is set for the project, the event, the organization; within each in the same order
 * 4. what the type says
 *
 * A choice for a narrow scope beats one for a narrow topic: whoever silences one project means all of it.
 */
export function isWanted(
  question: Question,
  choices: readonly Choice[],
  scopeDefaults: readonly Choice[],
): boolean {
  const { type, channel } = question
  const byDefault = type.channels[channel]
  if (byDefault === undefined) return false
  if (type.isCritical) return true
  return mostSpecific(question, choices) ?? mostSpecific(question, scopeDefaults) ?? byDefault
}

function mostSpecific(question: Question, choices: readonly Choice[]): boolean | undefined {
  let best: { rank: number; isEnabled: boolean } | undefined
  for (const choice of choices) {
    const rank = rankOf(question, choice)
    if (rank !== null && (best === undefined || rank < best.rank))
      best = { rank, isEnabled: choice.isEnabled }
  }
  return best?.isEnabled
}

/** The lower, the more specific; null: it says nothing about the question. */
function rankOf({ type, channel, scopeIds }: Question, choice: Choice): number | null {
  if (choice.channel !== channel) return null
  const scope = choice.scopeId === null ? scopeIds.length : scopeIds.indexOf(choice.scopeId)
  if (scope === -1) return null
  if (choice.type !== null) return choice.type === type.key ? scope * 3 : null
  if (choice.category !== null) return choice.category === type.category ? scope * 3 + 1 : null
  return scope * 3 + 2
}
