import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { notificationTypes } from './notification-types.ts'
import { isLocked, type NotificationCategory, type NotificationChannel, typesOf } from './preferences.ts'

/** What somebody wants to hold; neither category nor type: whatever comes by the channel. */
export interface PreferenceDraft {
  category?: NotificationCategory | null | undefined
  type?: string | null | undefined
  channel: NotificationChannel
  isEnabled?: boolean | null | undefined
}

/** Why it cannot be taken. */
export function preferenceProblems(draft: PreferenceDraft): Failure[] {
  const { category, type: key, channel, isEnabled } = draft
  if (category != null && key != null) {
    return [contract.failure('INVALID_VALUE', 'Give either a category or a type.', ['input', 'type'])]
  }
  if (category != null) {
    if (typesOf(category).every((type) => type.channels[channel] === undefined)) return [notSupported]
    return isLocked(category) && isEnabled === false
      ? [
          contract.failure('PREFERENCE_LOCKED', 'These notifications cannot be turned off.', [
            'input',
            'isEnabled',
          ]),
        ]
      : []
  }
  if (key == null) return []
  const type = notificationTypes.get(key)
  if (!type) {
    return [contract.failure('CATEGORY_UNKNOWN', 'There is no such type of notification.', ['input', 'type'])]
  }
  if (type.channels[channel] === undefined) return [notSupported]
  return type.isCritical && isEnabled === false
    ? [
        contract.failure('CRITICAL_CANNOT_BE_DISABLED', 'These notifications come in any case.', [
          'input',
          'isEnabled',
        ]),
      ]
    : []
}

const notSupported = contract.failure(
  'CHANNEL_NOT_SUPPORTED',
  'These notifications do not come by this channel.',
  ['input', 'channel'],
)
