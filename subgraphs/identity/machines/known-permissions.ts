import { loadContracts } from '@guildhall/kit/discover'

/** Every permission of the house, by the contracts of all domains. */
export const knownPermissions: ReadonlySet<string> = new Set(
  (await loadContracts()).flatMap(({ permissions }) => Object.keys(permissions)),
)
