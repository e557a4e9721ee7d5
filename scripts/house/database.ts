import { migrateAll } from '@guildhall/kit/migrate'
import { checkDatabase } from '@guildhall/kit/postgres/check-database'
import { chooseDataFolder } from '@guildhall/kit/postgres/data-folder'
import { startPostgres } from '@guildhall/kit/postgres/start-postgres'
import { checkout, migrationsFolder } from '../helpers/table-files.ts'

/** A migrated database, ours or somebody's own. */
export interface ReadyDatabase {
  url: string
  /** Data folder of our own server; absent: the server is somebody's own. */
  folder?: string
  stop(): Promise<void>
}

/**
 * Brings up the database of this installation and its migrations.
 *
 * @param say told of each step that takes time.
 * @throws StartProblem with one line for people.
 */
export async function openOwnDatabase(
  config: { DATABASE_URL?: string | undefined; GUILDHALL_DATA?: string | undefined },
  say: (line: string) => void,
): Promise<ReadyDatabase> {
  const database = config.DATABASE_URL
    ? await external(config.DATABASE_URL, say)
    : await embedded(config.GUILDHALL_DATA, say)
  try {
    await migrateAll({ url: database.url, folder: migrationsFolder, log: say })
    return database
  } catch (error) {
    await database.stop()
    throw error
  }
}

async function external(url: string, say: (line: string) => void): Promise<ReadyDatabase> {
  say('using the database of DATABASE_URL')
  await checkDatabase(url)
  return { url, stop: async () => {} }
}

async function embedded(configured: string | undefined, say: (line: string) => void): Promise<ReadyDatabase> {
  const { folder, notice } = chooseDataFolder({ checkout, configured })
  if (notice) say(notice)
  const { url, stop } = await startPostgres({ dataFolder: folder, log: say })
  return { url, stop, folder }
}
