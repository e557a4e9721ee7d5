import { z } from 'zod'
import type { Failure } from './outcome.ts'

/**
 * Everything that is wrong with an input, at once. Text that is too long or short gets the shared codes; a rule of the
 * domain names its own code: `.refine(…, { params: { code: 'INVALID_TIMEZONE' }, message: '…' })`.
 *
 * @param path where the checked value stands in the mutation's arguments.
 */
export function problemsOf(schema: z.ZodType, value: unknown, path: string[] = ['input']): Failure[] {
  const result = schema.safeParse(value)
  return (result.error?.issues ?? []).map((issue) => ({
    __typename: 'InputError',
    code: codeOf(issue),
    message: issue.message,
    path: [...path, ...issue.path.map(String)],
  }))
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom' && typeof issue.params?.code === 'string') return issue.params.code
  if (issue.code === 'too_big' && issue.origin === 'string') return 'TOO_LONG'
  if (issue.code === 'too_small' && issue.origin === 'string') return 'TOO_SHORT'
  return 'INVALID_VALUE'
}

/** One line of text for people: trimmed, 1…max characters. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'Must not be empty.')
    .max(max, `At most ${max} characters.`)
    .regex(/^[^\p{Cc}]*$/u, 'Control characters are not allowed.')

/** Longer text; line breaks and tabs are fine, other control characters are not (PostgreSQL cannot hold NUL). */
export const prose = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `At most ${max} characters.`)
    .regex(/^(?:[^\p{Cc}]|[\t\n\r])*$/u, 'Control characters are not allowed.')

/** An http or https address. */
export const webAddress = () =>
  z
    .string()
    .max(2000, 'At most 2000 characters.')
    // URL.canParse overlooks white space and control characters; what is kept is the text, not what was parsed.
    .refine((text) => /^https?:[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text), {
      message: 'Must be an http or https address.',
      params: { code: 'INVALID_URL' },
    })

/** Text as it is kept: without white space around it, and null rather than empty. */
export const tidy = (text: string | null | undefined): string | null => text?.trim() || null

/** An IANA time zone that this runtime knows, like `Europe/Zurich`. Offsets like `+02:00` are not zones. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
