import type { NotificationRow, PreferenceRow } from '../tables.ts'
import { type NotificationType, notificationTypes } from './notification-types.ts'
import { type Choice, isWanted } from './resolution.ts'

export type NotificationCategory = NotificationRow['category']
export type NotificationChannel = PreferenceRow['channel']

/** One cell of the matrix that people see. */
export interface EffectivePreference {
  category: NotificationCategory
  /** Null: the category as a whole. */
  type: string | null
  description: string | null
  channel: NotificationChannel
  isEnabled: boolean
  isLocked: boolean
}

/** What holds somewhere: the person's choices and what was set for all. */
export interface Held {
  choices: readonly Choice[]
  defaults: readonly Choice[]
  /** Project, event, organization, the narrowest first; none: everywhere else. */
  scopeIds: readonly string[]
}

export const categories: readonly NotificationCategory[] = [
  'ACCOUNT',
  'ORGANIZATIONS',
  'EVENTS',
  'REGISTRATIONS',
  'PROJECTS',
  'ANNOUNCEMENTS',
]
export const channels: readonly NotificationChannel[] = ['IN_APP', 'EMAIL', 'PUSH']

export const typesOf = (category: NotificationCategory): NotificationType[] =>
  [...notificationTypes.values()].filter((type) => type.category === category)

/** A category whose every type is critical cannot be turned off at all. */
export const isLocked = (category: NotificationCategory): boolean =>
  typesOf(category).every(({ isCritical }) => isCritical)

/** The whole matrix, in a fixed order; with types, those behind their category. */
export const preferenceMatrix = (held: Held, withTypes = false): EffectivePreference[] =>
  categories.flatMap((category) => [
    ...channels.map((channel) => categoryPreference(category, channel, held)),
    ...(withTypes ? typesOf(category).flatMap((type) => typePreferences(type, held)) : []),
  ])

/** Whether those of a category that can be left out come, as far as they are not chosen one by one. */
export function categoryPreference(
  category: NotificationCategory,
  channel: NotificationChannel,
  { choices, defaults, scopeIds }: Held,
): EffectivePreference {
  const general = (all: readonly Choice[]) => all.filter((choice) => choice.type === null)
  const comes = typesOf(category).some((type) =>
    isWanted(
      { type: { ...type, isCritical: false }, channel, scopeIds },
      general(choices),
      general(defaults),
    ),
  )
  return {
    category,
    type: null,
    description: null,
    channel,
    isEnabled: isLocked(category) || comes,
    isLocked: isLocked(category),
  }
}

/** One type by every channel that it has. */
export const typePreferences = (
  type: NotificationType,
  { choices, defaults, scopeIds }: Held,
): EffectivePreference[] =>
  channels
    .filter((channel) => type.channels[channel] !== undefined)
    .map((channel) => ({
      category: type.category,
      type: type.key,
      description: type.description,
      channel,
      isEnabled: isWanted({ type, channel, scopeIds }, choices, defaults),
      isLocked: type.isCritical,
    }))
