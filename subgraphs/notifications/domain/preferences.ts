import type { NotificationRow, PreferenceRow } from '../tables.ts'
import { type NotificationTypeKey, notificationTypes, typeOf } from './notification-types.ts'

export type NotificationCategory = NotificationRow['category']
export type NotificationChannel = PreferenceRow['channel']

/** What somebody has chosen for one category and channel. */
export type Choice = Pick<PreferenceRow, 'category' | 'channel' | 'isEnabled'>

/** One cell of the matrix that people see. */
export interface EffectivePreference extends Choice {
  isLocked: boolean
}

export const categories: readonly NotificationCategory[] = [
  'ACCOUNT',
  'ORGANIZATIONS',
  'EVENTS',
  'REGISTRATIONS',
  'PROJECTS',
  'ANNOUNCEMENTS',
]
export const channels: readonly NotificationChannel[] = ['IN_APP', 'EMAIL']

/** What holds for those who have chosen nothing: everything in the app, mail where waiting would cost something. */
const isOnByDefault = (category: NotificationCategory, channel: NotificationChannel): boolean =>
  channel === 'IN_APP' ||
  category === 'ACCOUNT' ||
  category === 'REGISTRATIONS' ||
  category === 'ANNOUNCEMENTS'

/** A category whose every type is critical cannot be turned off at all. */
export const isLocked = (category: NotificationCategory): boolean =>
  Object.values(notificationTypes).every((type) => type.category !== category || type.isCritical)

/** Critical comes always; else the recipient's choice counts; else the default. */
export function comes(
  type: NotificationTypeKey,
  channel: NotificationChannel,
  choices: readonly Choice[],
): boolean {
  const { category, isCritical } = typeOf(type)
  return isCritical || chosen(category, channel, choices)
}

/** The whole matrix, in a fixed order. */
export const preferenceMatrix = (choices: readonly Choice[]): EffectivePreference[] =>
  categories.flatMap((category) =>
    channels.map((channel) => ({
      category,
      channel,
      isEnabled: isLocked(category) || chosen(category, channel, choices),
      isLocked: isLocked(category),
    })),
  )

const chosen = (
  category: NotificationCategory,
  channel: NotificationChannel,
  choices: readonly Choice[],
): boolean =>
  choices.find((choice) => choice.category === category && choice.channel === channel)?.isEnabled ??
  isOnByDefault(category, channel)
