import { line } from '@guildhall/kit/validate'
import { z } from 'zod'

const slugPattern = /^(?=.{3,60}$)[a-z0-9]+(-[a-z0-9]+)*$/

/** What people say of their organization. */
export const organizationDraft = z.object({
  name: line(100),
  slug: z
    .string()
    .refine((text) => slugPattern.test(text), {
      message: 'Must be 3 to 60 small letters, digits and single hyphens.',
      params: { code: 'INVALID_SLUG' },
    })
    .nullish(),
})

/** An invited address, in the form in which identity compares addresses. */
export const normalizeEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

export const emailAddress = z
  .string()
  .max(254, 'At most 254 characters.')
  .refine((text) => z.email().safeParse(normalizeEmail(text)).success, {
    message: 'Must be an e-mail address.',
    params: { code: 'INVALID_EMAIL' },
  })

/** `Käserei Müller & Co.` → `kaserei-muller-co`. Names without any Latin letter give `org`. */
export function slugFrom(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, '')
  return slug.length >= 3 ? slug : `org${slug && `-${slug}`}`
}
