import type { NotificationRow } from '../tables.ts'

export type NotificationCategory = NotificationRow['category']

/** What is fixed about a type of notification. */
export interface NotificationType {
  category: NotificationCategory
  /** Comes whatever the recipient has chosen. */
  isCritical: boolean
}

/** Every type of notification there is. Nothing is sent that is not declared here. */
export const notificationTypes = {
  'account.welcome': { category: 'ACCOUNT', isCritical: true },
  'account.registration_repeated': { category: 'ACCOUNT', isCritical: true },
  'account.session_ended': { category: 'ACCOUNT', isCritical: true },
  'account.new_device': { category: 'ACCOUNT', isCritical: true },
  'account.locked_out': { category: 'ACCOUNT', isCritical: true },
  'account.email_changed': { category: 'ACCOUNT', isCritical: true },
  'account.password_changed': { category: 'ACCOUNT', isCritical: true },
  'account.password_reset': { category: 'ACCOUNT', isCritical: true },
  'account.totp_added': { category: 'ACCOUNT', isCritical: true },
  'account.totp_removed': { category: 'ACCOUNT', isCritical: true },
  'account.passkey_added': { category: 'ACCOUNT', isCritical: true },
  'account.passkey_removed': { category: 'ACCOUNT', isCritical: true },
  'account.passkey_cloned': { category: 'ACCOUNT', isCritical: true },
  'account.api_key_created': { category: 'ACCOUNT', isCritical: true },
  'account.impersonation_started': { category: 'ACCOUNT', isCritical: true },
  'account.erasure_requested': { category: 'ACCOUNT', isCritical: true },
  'organization.joined': { category: 'ORGANIZATIONS', isCritical: false },
  'organization.role_changed': { category: 'ORGANIZATIONS', isCritical: false },
  'organization.removed': { category: 'ORGANIZATIONS', isCritical: false },
  'organization.invited': { category: 'ORGANIZATIONS', isCritical: false },
  // With the organization goes its data: whoever wants to object or keep something has to hear of it in time.
  'organization.closing': { category: 'ORGANIZATIONS', isCritical: true },
  'organization.restored': { category: 'ORGANIZATIONS', isCritical: false },
  'event.published': { category: 'EVENTS', isCritical: false },
  'registration.confirmed': { category: 'REGISTRATIONS', isCritical: false },
  'registration.waitlisted': { category: 'REGISTRATIONS', isCritical: false },
  // A seat that is offered is lost by not answering; a cancelled one saves a journey.
  'registration.offered': { category: 'REGISTRATIONS', isCritical: true },
  'registration.offer_expired': { category: 'REGISTRATIONS', isCritical: false },
  'registration.rejected': { category: 'REGISTRATIONS', isCritical: false },
  'registration.cancelled': { category: 'REGISTRATIONS', isCritical: true },
  'project.joined': { category: 'PROJECTS', isCritical: false },
  'project.left': { category: 'PROJECTS', isCritical: false },
  'project.submitted': { category: 'PROJECTS', isCritical: false },
  'project.withdrawn': { category: 'PROJECTS', isCritical: false },
  'announcement.received': { category: 'ANNOUNCEMENTS', isCritical: false },
} as const satisfies Record<string, NotificationType>

export type NotificationTypeKey = keyof typeof notificationTypes

/** The declaration of a type, with its properties at their full width. */
export const typeOf = (key: NotificationTypeKey): NotificationType => notificationTypes[key]
