import { isTimeZone, line, webAddress } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { userProfile } from '../contract.ts'
import type { UserRow } from '../tables.ts'

/** What people say of themselves. */
export const profile = z.object({
  displayName: line(80),
  locale: z.string().refine(isLocale, {
    message: 'Must be a language tag such as de-CH.',
    params: { code: 'INVALID_LOCALE' },
  }),
  timezone: z.string().refine(isTimeZone, {
    message: 'Must be an IANA time zone such as Europe/Zurich.',
    params: { code: 'INVALID_TIMEZONE' },
  }),
  /** E.164, as `phoneNumber` writes it. */
  phone: z
    .string()
    .refine((text) => /^\+[1-9]\d{6,14}$/.test(text), {
      message: 'Must be a telephone number with its country, such as +41 44 123 45 67.',
      params: { code: 'INVALID_PHONE' },
    })
    .nullable(),
  avatarUrl: webAddress().nullable(),
})

/** A number as people write it, in the one form that is kept: `+41 44 123 45 67` is `+41441234567`. */
export const phoneNumber = (text: string): string => text.replace(/[\s()./-]/g, '')

/** What other domains are told of a person. */
export const profileOf = (user: UserRow): z.infer<typeof userProfile> => ({
  userId: user.id,
  displayName: user.displayName,
  locale: user.locale,
  timezone: user.timezone,
  version: user.version,
})

function isLocale(tag: string): boolean {
  if (tag.length > 35) return false
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
