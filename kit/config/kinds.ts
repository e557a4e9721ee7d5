// How settings are written in the environment.
import { z } from 'zod'

/** Words separated by commas. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)

/** JSON in a variable. */
export const json = <Schema extends z.ZodType>(inner: Schema) =>
  z
    .string()
    .transform((text, ctx) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        ctx.addIssue({ code: 'custom', message: 'not JSON' })
        return z.NEVER
      }
    })
    .pipe(inner)

/** "1" or "0". */
export const switchedOn = (byDefault: '0' | '1') => z.enum(['0', '1']).default(byDefault)
