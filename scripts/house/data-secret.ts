import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '@guildhall/kit/config'

/** The part of the configuration that a vault is made from. */
type Secrets = Pick<Config, 'DATA_SECRET' | 'DATA_SECRETS_RETIRED'>

/** A secret that nobody has to remember. */
export const makeDataSecret = (): string => randomBytes(32).toString('base64url')

/**
 * The secrets of a house that brings its own database: what lies in the data folder is encrypted even when nobody has
 * set DATA_SECRET. The one of the folder stays readable after somebody has.
 *
 * @param folder the embedded server's data folder; absent: somebody's own server, where we keep no files.
 */
export function dataSecrets(config: Secrets, folder: string | undefined): Secrets {
  const file = folder && path.join(folder, 'data.secret')
  if (!folder || !file) return config
  if (!config.DATA_SECRET) return { ...config, DATA_SECRET: readOrMake(folder, file) }
  if (!existsSync(file)) return config
  return {
    ...config,
    DATA_SECRETS_RETIRED: [...(config.DATA_SECRETS_RETIRED ?? []), readFileSync(file, 'utf8')],
  }
}

/** The environment variables that carry the secrets to the processes of a split house. */
export const dataSecretVariables = ({
  DATA_SECRET,
  DATA_SECRETS_RETIRED = [],
}: Secrets): Record<string, string> => ({
  DATA_SECRET: DATA_SECRET ?? '',
  DATA_SECRETS_RETIRED: DATA_SECRETS_RETIRED.join(','),
})

/** The folder is locked by us, so nobody else makes one at the same time. */
function readOrMake(folder: string, file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8')
  // Complete or not there: half a secret would make what is written under it unreadable later.
  const draft = `${file}.new`
  writeFileSync(draft, makeDataSecret(), { mode: 0o600 })
  chmodSync(draft, 0o600)
  const { uid, gid } = statSync(folder)
  if (process.getuid?.() === 0) chownSync(draft, uid, gid)
  renameSync(draft, file)
  return readFileSync(file, 'utf8')
}
