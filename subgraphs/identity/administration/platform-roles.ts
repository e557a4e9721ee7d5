import { loadContracts } from '@guildhall/kit/discover'

export const platformRoles = ['ADMIN', 'SUPPORT'] as const

const contracts = await loadContracts()

/** What roles on the platform as a whole hold, over the contracts of all domains. */
export const platformPermissionsOf = (roles: readonly string[]): string[] => [
  ...new Set(
    contracts.flatMap(({ permissions }) =>
      Object.entries(permissions)
        .filter(([, { heldByPlatform = [] }]) => heldByPlatform.some((role) => roles.includes(role)))
        .map(([name]) => name),
    ),
  ),
]
