// npm run admin -- EMAIL: makes somebody who has an account ADMIN of the house, for the first has nobody to ask.
import { ConfigError, readConfig } from '@guildhall/kit/config'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'
import { nameAdminOf } from './helpers/name-admin.ts'
import { openOwnDatabase } from './house/database.ts'

try {
  const [email, ...rest] = process.argv.slice(2)
  if (!email || rest.length > 0) throw new StartProblem('Usage: npm run admin -- EMAIL')
  const database = await openOwnDatabase(readConfig(), console.log)
  try {
    await nameAdminOf(database.url, email)
    console.log(`${email} is ADMIN`)
  } finally {
    await database.stop()
  }
} catch (error) {
  if (!(error instanceof StartProblem || error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
