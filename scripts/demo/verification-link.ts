import { createHash, randomBytes } from 'node:crypto'
import postgres from 'postgres'

/**
 * The token of a link that verifies an address at which nobody reads mail. The link that was sent is sealed: one of our
 * own takes its place, and is opened like any other.
 */
export async function verificationToken(databaseUrl: string, email: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const hash = createHash('sha256').update(token).digest('base64url')
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    await sql`
      update identity.one_time_token as link set hash = ${hash}
      from identity.user as person
      where person.id = link.user_id and person.email = ${email}
        and link.purpose = 'VERIFY_EMAIL' and link.used_at is null`
  } finally {
    await sql.end()
  }
  return token
}
