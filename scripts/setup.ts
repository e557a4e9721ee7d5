// One-shot of a deployment: migrations, the keys that the processes share (KEYS_FOLDER), and the demo world if wanted.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ConfigError, readConfig } from '@guildhall/kit/config'
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
  await registerAllConsumers(database.url)
  if (config.KEYS_FOLDER) await writeKeys(config.KEYS_FOLDER, say)
  if (config.DEMO_DATA === '1') {
    const house = await openHouse({
      databaseUrl: database.url,
      publicUrl: config.PUBLIC_URL,
      production: false,
      log: createLog(config.LOG_LEVEL),
      vault: vaultFrom({ ...config, DATA_SECRET: config.DATA_SECRET ?? dataSecretIn(config.KEYS_FOLDER) }),
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
 * Existing keys stay: running processes hold them, and what is in the database is sealed under the data's secret. The router's private key goes into a folder of its own, so that a
 * deployment can keep it from the domains.
 */
async function writeKeys(folder: string, say: (line: string) => void): Promise<void> {
  const fileOf = (name: string) =>
    path.join(folder, name === 'CONTEXT_PRIVATE_KEY' ? 'router' : 'services', name)
  const write = (values: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(values)) {
      mkdirSync(path.dirname(fileOf(name)), { recursive: true })
      writeFileSync(fileOf(name), value, { mode: 0o400 })
    }
    say(`written to ${folder}: ${Object.keys(values).join(', ')}`)
  }
  if (!existsSync(fileOf('CONTEXT_PRIVATE_KEY'))) write(keyVariables(await ownKeys()))
  if (!existsSync(dataSecretFile(folder))) write({ DATA_SECRET: makeDataSecret() })
}

function dataSecretFile(keysFolder: string): string {
  return path.join(keysFolder, 'services', 'DATA_SECRET')
}

function dataSecretIn(keysFolder: string | undefined): string | undefined {
  return keysFolder && readFileSync(dataSecretFile(keysFolder), 'utf8')
}
