import { type Config, readConfig } from '@guildhall/kit/config'

let read: Config | undefined

/** What this domain takes from the configuration, read once. */
export function settings(): Config {
  read ??= readConfig()
  return read
}
