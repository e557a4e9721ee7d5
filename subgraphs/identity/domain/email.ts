import { z } from 'zod'

/** The one form in which an address is stored and compared: `Ada@Example.org ` and `ada@example.org` are one account. */
export const normalizeEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

/** An address as people type it. */
export const emailAddress = z
  .string()
  .max(254, 'At most 254 characters.')
  .refine((text) => z.email().safeParse(normalizeEmail(text)).success, {
    message: 'Must be an e-mail address.',
    params: { code: 'INVALID_EMAIL' },
  })
