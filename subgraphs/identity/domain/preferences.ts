import { z } from 'zod'

/** A person keeps no more than this for all clients together. */
export const preferencesMax = 50
const valueBytesMax = 2_048

/** A small setting of a client. */
export const preference = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_.:-]{0,99}$/, 'A letter, then at most 99 letters, digits and any of _ . : -'),
  value: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= valueBytesMax, {
      message: `At most ${valueBytesMax} bytes.`,
      params: { code: 'TOO_LONG' },
    })
    .refine(isJson, { message: 'Must be JSON text.', params: { code: 'INVALID_JSON' } })
    .nullish(),
})

/** PostgreSQL holds no half of a surrogate pair. */
function isJson(text: string): boolean {
  if (!text.isWellFormed()) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
