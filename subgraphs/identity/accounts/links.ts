import { settings } from '../settings.ts'

/** Pages of the application that mails lead to. */
export type Page = 'verify-email' | 'change-email' | 'reset-password'

/**
 * The address of a page, with the token that the mail is about. It begins with what is configured, never with what a
 * request says of itself: a link in a mail must not lead to where a stranger wants it.
 */
export function linkTo(page: Page, token?: string): string {
  const { APP_URL, PUBLIC_URL } = settings()
  const address = `${(APP_URL ?? PUBLIC_URL).replace(/\/+$/, '')}/${page}`
  return token === undefined ? address : `${address}?token=${token}`
}
