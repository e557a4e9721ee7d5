import { type Config, readConfig } from '@guildhall/kit/config'

let read: Pick<Config, 'PUBLIC_URL' | 'DATA_SECRET'> | undefined

/** What this domain takes from the configuration: the issuer of its tokens and the secret of what it keeps. */
export function settings(): Pick<Config, 'PUBLIC_URL' | 'DATA_SECRET'> {
  read ??= readConfig()
  return read
}
