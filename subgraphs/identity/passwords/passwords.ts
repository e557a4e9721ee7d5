import { hash, verify } from '@node-rs/argon2'
import { createLimiter } from '../accounts/limiter.ts'
import { normalizePassword } from '../domain/password.ts'

/** What one hash costs an attacker, and us. */
export interface PasswordCost {
  memoryKibibytes: number
  passes: number
  lanes: number
}

/** OWASP's choice for argon2id; about 20 ms on one core. */
export const passwordCost: PasswordCost = { memoryKibibytes: 19_456, passes: 2, lanes: 1 }

/** A flood of logins may cost 2 cores and 40 MB, and make honest people wait about two seconds, but no more. */
const limited = createLimiter(2, 200)

/** Argon2id (the package's default algorithm) as a PHC string. Tests of other things may pass a lower cost. */
export const hashPassword = (password: string, cost: PasswordCost = passwordCost): Promise<string> =>
  limited(() =>
    hash(normalizePassword(password), {
      memoryCost: cost.memoryKibibytes,
      timeCost: cost.passes,
      parallelism: cost.lanes,
    }),
  )

/** Whether the password fits. Without a hash (unknown account) it takes as long and says no. */
export async function verifyPassword(password: string, phc: string | null): Promise<boolean> {
  const fits = await limited(() => verify(phc ?? nobodysHash, normalizePassword(password)))
  return fits && phc !== null
}

/** Whether a hash was made at a lower cost than a new one would be. */
export function needsNewHash(phc: string, cost: PasswordCost = passwordCost): boolean {
  const [, memory, passes] = phc.match(/^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/) ?? []
  return !(Number(memory) >= cost.memoryKibibytes && Number(passes) >= cost.passes)
}

/** Well-formed, of the usual cost, and the hash of nothing. */
const nobodysHash = `$argon2id$v=19$m=${passwordCost.memoryKibibytes},t=${passwordCost.passes},p=${passwordCost.lanes}$${'A'.repeat(22)}$${'A'.repeat(43)}`
