import { loadDefinitions } from '@guildhall/kit/discover'
import { startHost } from '@guildhall/kit/host'
import { createLog } from '@guildhall/kit/log'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'
import { createVault } from '@guildhall/kit/vault'
import { nameAdmin } from '../../subgraphs/identity/commands/name-admin.ts'

const nobody = async (): Promise<never> => {
  throw new Error('nobody calls')
}

/**
 * Makes somebody who has an account ADMIN of the house with this database, running or not.
 *
 * @throws StartProblem when no account that can be used has the address.
 */
export async function nameAdminOf(databaseUrl: string, email: string): Promise<void> {
  const host = await startHost({
    definitions: await loadDefinitions(['identity']),
    databaseUrl,
    verify: nobody,
    signService: nobody,
    log: createLog('silent'),
    // Nothing that is written here is sealed.
    vault: createVault({}),
    backgroundWork: false,
  })
  try {
    const ctx = host.subgraphs.identity?.ownContext()
    if (!ctx) throw new Error('identity does not run')
    const outcome = await nameAdmin(ctx, email)
    if (!outcome.ok) throw new StartProblem(outcome.failures.map(({ message }) => message).join(' '))
  } finally {
    await host.close()
  }
}
