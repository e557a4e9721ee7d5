import type { MailMessage } from '@guildhall/kit/mail/message'

/**
 * What we write to people. Nothing in it was typed by anybody but the recipient: whoever registers a stranger's address
 * must not be able to say anything to them through us.
 */
const mail = (kind: string, to: string, subject: string, ...paragraphs: string[]): MailMessage => ({
  kind: `identity.${kind}`,
  to,
  subject,
  text: `${paragraphs.join('\n\n')}\n`,
})

export const verifyEmailMail = (to: string, link: string): MailMessage =>
  mail(
    'verify_email',
    to,
    'Confirm your e-mail address',
    'Somebody, hopefully you, has opened an account at Guildhall with this address. Confirm that you read it:',
    link,
    'The link is good for 24 hours, once. If it was not you, do nothing.',
  )

export const registrationRepeatedMail = (to: string, resetPage: string): MailMessage =>
  mail(
    'registration_repeated',
    to,
    'You have an account already',
    'Somebody, perhaps you, has tried to open an account at Guildhall with this address. There is one already, and it has not been changed.',
    'If it was you, just log in. If you have forgotten your password, set a new one:',
    resetPage,
    'If it was not you, do nothing: nobody was told that you have an account.',
  )

export const resetPasswordMail = (to: string, link: string): MailMessage =>
  mail(
    'reset_password',
    to,
    'Set a new password',
    'Somebody, hopefully you, wants to set a new password for your account at Guildhall. Do it here:',
    link,
    'The link is good for 30 minutes, once. If it was not you, do nothing: your password stays as it is.',
  )

export const passwordChangedMail = (to: string, resetPage: string): MailMessage =>
  mail(
    'password_changed',
    to,
    'Your password was changed',
    'The password of your account at Guildhall was changed, and other devices were logged out.',
    'If it was not you, set a new one at once:',
    resetPage,
  )

export const changeEmailMail = (to: string, link: string): MailMessage =>
  mail(
    'change_email',
    to,
    'Confirm your new e-mail address',
    'Somebody, hopefully you, wants to use this address for an account at Guildhall. Confirm that you read it:',
    link,
    'The link is good for 24 hours, once. If it was not you, do nothing.',
  )

export const emailChangeRequestedMail = (to: string, resetPage: string): MailMessage =>
  mail(
    'email_change_requested',
    to,
    'Your e-mail address is about to be changed',
    'Somebody who knows the password of your account at Guildhall wants to use another e-mail address for it. It changes once that address is confirmed.',
    'If it was not you, set a new password at once, while this address is still yours:',
    resetPage,
  )

export const emailChangedMail = (to: string): MailMessage =>
  mail(
    'email_changed',
    to,
    'Your e-mail address was changed',
    'Your account at Guildhall has another e-mail address from now on; this one is no longer used.',
    'If it was not you, tell those who run the house.',
  )
