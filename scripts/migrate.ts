// npm run migrate: applies pending migrations to DATABASE_URL, for deployments (`npm start` does it by itself).
import { migrateAll } from '@guildhall/kit/migrate'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'
import { migrationsFolder } from './helpers/table-files.ts'

try {
  const url = process.env.DATABASE_URL
  if (!url)
    throw new StartProblem('DATABASE_URL is not set: `npm start` migrates the embedded database by itself.')
  const migrated = await migrateAll({ url, folder: migrationsFolder, log: console.log })
  const count = migrated.reduce((sum, { applied }) => sum + applied.length, 0)
  console.log(count === 0 ? 'nothing to migrate' : `${count} migrations applied`)
} catch (error) {
  if (!(error instanceof StartProblem)) throw error
  console.error(error.message)
  process.exitCode = 1
}
