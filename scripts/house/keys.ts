import { servicesKeyId } from '@guildhall/kit/caller'
import { type Config, ConfigError } from '@guildhall/kit/config'
import { makeKeyPair } from '@guildhall/kit/keys'
import type { JWK } from 'jose'

/** The two key pairs of the house: the router vouches for callers, services vouch for themselves. */
export interface HouseKeys {
  contextPrivate: JWK
  contextPublic: JWK
  servicesPrivate: JWK
  servicesPublic: JWK
}

/** Keys for one process that holds everything: nobody else needs to know them, so they live as long as it does. */
export async function ownKeys(): Promise<HouseKeys> {
  const [context, services] = [await makeKeyPair('router'), await makeKeyPair(servicesKeyId)]
  return {
    contextPrivate: context.privateJwk,
    contextPublic: context.publicJwk,
    servicesPrivate: services.privateJwk,
    servicesPublic: services.publicJwk,
  }
}

/** The environment variables that carry the keys to the processes of a split house. */
export const keyVariables = (keys: HouseKeys): Record<string, string> => ({
  CONTEXT_PRIVATE_KEY: JSON.stringify(keys.contextPrivate),
  CONTEXT_PUBLIC_KEY: JSON.stringify(keys.contextPublic),
  SERVICES_PRIVATE_KEY: JSON.stringify(keys.servicesPrivate),
  SERVICES_PUBLIC_KEY: JSON.stringify(keys.servicesPublic),
})

/** A key from the configuration. @throws ConfigError when it is absent or no JWK. */
export function configuredKey(
  config: Config,
  name: 'CONTEXT_PRIVATE_KEY' | 'CONTEXT_PUBLIC_KEY' | 'SERVICES_PRIVATE_KEY' | 'SERVICES_PUBLIC_KEY',
): JWK {
  const text = config[name]
  if (!text)
    throw new ConfigError(`${name} (or ${name}_FILE) is not set: split processes must share their keys.`)
  try {
    return JSON.parse(text) as JWK
  } catch {
    throw new ConfigError(`${name} is not a JWK in JSON.`)
  }
}
