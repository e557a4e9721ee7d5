// One-shot of a deployment: migrations, the keys that the processes share (KEYS_FOLDER), and the demo world if wanted.
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Config, ConfigError, readConfig } from '@guildhall/kit/config'
import { createLog } from '@guildhall/kit/log'
import { vaultFrom } from '@guildhall/kit/vault'
import { seedDemoData } from './demo/seed.ts'
import { makeDataSecret } from './house/data-secret.ts'
import { openOwnDatabase } from './house/database.ts'
import { keyVariables, ownKeys } from './house/keys.ts'
import { openHouse } from './house/open-house.ts'
import { runProcess } from './house/process.ts'
import { registerAllConsumers } from './house/register-consumers.ts'

await runProcess(async () => {
  const config = readConfig()
  const say = (line: string) => console.log(line)
  if (!config.DATABASE_URL) throw new ConfigError('DATABASE_URL is not set.')
  const database = await openOwnDatabase(config, say)
  const log = createLog(config.LOG_LEVEL)
  await registerAllConsumers(database.url, config, log)
  if (config.KEYS_FOLDER) await writeKeys(config.KEYS_FOLDER, say)
  if (config.DEMO_DATA === '1') {
    const house = await openHouse({
      databaseUrl: database.url,
      publicUrl: config.PUBLIC_URL,
      production: false,
      log,
      vault: vaultFrom(withDataSecret(config)),
    })
    const { port } = await house.router.listen(0, '127.0.0.1')
    await seedDemoData(`http://127.0.0.1:${port}`, database.url, say)
    await house.close()
  }
  await database.stop()
  say('set up')
  process.exit(0)
})

/**
 * Existing keys stay: running processes hold them, and what is in the database is sealed under the data's secret. The
 * router's private key goes into a folder of its own, so that a deployment can keep it from the domains.
 */
async function writeKeys(folder: string, say: (line: string) => void): Promise<void> {
  const fileOf = (name: string) =>
    name === 'CONTEXT_PRIVATE_KEY' ? path.join(folder, 'router', name) : path.join(folder, 'services', name)
  const write = (values: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(values)) writeWhole(fileOf(name), value)
    say(`written to ${folder}: ${Object.keys(values).join(', ')}`)
  }
  const keys = keyVariables(await ownKeys())
  // A run that was stopped in between leaves a set that nobody could start with, so nobody holds its keys.
  if (!Object.keys(keys).every((name) => existsSync(fileOf(name)))) write(keys)
  if (!existsSync(dataSecretFile(folder))) write({ DATA_SECRET: makeDataSecret() })
}

/** Complete or not there: the next run would keep half a key. */
function writeWhole(file: string, content: string): void {
  const draft = `${file}.new`
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(draft, content, { mode: 0o600 })
  chmodSync(draft, 0o400)
  renameSync(draft, file)
}

function dataSecretFile(keysFolder: string): string {
  return path.join(keysFolder, 'services', 'DATA_SECRET')
}

/** Read as the domains read it: what is sealed here is opened by them, also if an operator wrote the file. */
function withDataSecret(config: Config): Config {
  if (config.DATA_SECRET || !config.KEYS_FOLDER) return config
  return readConfig({ ...process.env, DATA_SECRET_FILE: dataSecretFile(config.KEYS_FOLDER) })
}
