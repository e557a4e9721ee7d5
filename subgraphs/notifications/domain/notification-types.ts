import { loadContracts } from '@guildhall/kit/discover'
import type { AnyNotification, NotificationType as DeclaredType } from '@guildhall/kit/notifications'
import type { NotificationRow, PreferenceRow } from '../tables.ts'

export type NotificationCategory = NotificationRow['category']
export type NotificationChannel = PreferenceRow['channel']

/** Which of the types there are, see `typeOf`. */
export type NotificationTypeKey = string

/** What is fixed about a type of notification. */
export interface NotificationType extends Required<Pick<DeclaredType, 'key' | 'description' | 'channels'>> {
  category: NotificationCategory
  /** Comes whatever the recipient has chosen. */
  isCritical: boolean
  digest: NonNullable<DeclaredType['digest']> | null
}

/** Everything that the domains of the house declare, also those that run elsewhere. */
export const declaredNotifications: readonly AnyNotification[] = (await loadContracts()).flatMap(
  (contract) => contract.notifications ?? [],
)

/** Every type of notification there is. Nothing is sent that no domain declares. */
export const notificationTypes: ReadonlyMap<NotificationTypeKey, NotificationType> = new Map(
  declaredNotifications.map(({ key, description, category, channels, isCritical = false, digest = null }) => [
    key,
    // That it is one of ours was checked when the house started.
    { key, description, category: category as NotificationCategory, channels, isCritical, digest },
  ]),
)

/** Prefixes of the ids of things of which some domain tells those who watch them. */
export const watchableKinds: ReadonlySet<string> = new Set(
  declaredNotifications.flatMap(({ watchers }) => watchers?.kinds ?? []),
)

/** The declaration of a type. @throws Error when no domain declares it (any more). */
export function typeOf(key: NotificationTypeKey): NotificationType {
  const type = notificationTypes.get(key)
  if (!type) throw new Error(`no domain declares the notification ${key}`)
  return type
}
