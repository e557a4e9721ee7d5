import { readConfig } from '@guildhall/kit/config'
import { createLog } from '@guildhall/kit/log'
import { cloneDatabase, dropDatabase } from '@guildhall/kit/postgres/test-cluster'
import type {} from '@guildhall/kit/testing/global-setup'
import { createVault } from '@guildhall/kit/vault'
import { inject } from 'vitest'
import { type House, type HouseOptions, openHouse } from '../../scripts/house/open-house.ts'
import {
  openSplitHouse,
  type SplitHouse,
  type SplitHouseOptions,
} from '../../scripts/house/open-split-house.ts'
import { gateTuning } from '../../scripts/house/router-tuning.ts'

/** Tests run encrypted like every house. */
const secret = 'the secret of a house under test is long enough'

/** A whole house on a database of its own, with its door open. */
export interface RunningHouse {
  url: string
  databaseUrl: string
  close(): Promise<void>
}

/** Both ways of running Guildhall; a journey is told in each. */
export const houses: readonly [name: string, open: () => Promise<RunningHouse>][] = [
  ['in one process', () => openTestHouse()],
  ['with every domain as its own process', () => openTestSplitHouse()],
]

/**
 * Every domain and the router in this process.
 *
 * @param options what is otherwise than in development.
 */
export async function openTestHouse(
  options: Partial<Omit<HouseOptions, 'databaseUrl'>> = {},
): Promise<RunningHouse & { house: House }> {
  const databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
  const house = await openHouse({
    databaseUrl,
    publicUrl: 'http://localhost:4000',
    production: false,
    log: createLog('silent'),
    vault: createVault({ current: secret }),
    gate: gateTuning(readConfig({})),
    ...options,
  })
  const { port } = await house.router.listen(0, '127.0.0.1')
  return {
    house,
    url: `http://127.0.0.1:${port}`,
    databaseUrl,
    close: async () => {
      await house.close()
      await dropDatabase(databaseUrl)
    },
  }
}

/** Every domain and the router as processes of their own. */
export async function openTestSplitHouse(
  options: Partial<Omit<SplitHouseOptions, 'databaseUrl'>> = {},
): Promise<RunningHouse & { internal: SplitHouse['internal'] }> {
  const databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
  const house = await openSplitHouse({
    port: 0,
    ...options,
    databaseUrl,
    environment: { LOG_LEVEL: 'fatal', DATA_SECRET: secret, ...options.environment },
  })
  return {
    internal: house.internal,
    url: house.url.replace('localhost', '127.0.0.1'),
    databaseUrl,
    close: async () => {
      await house.close()
      await dropDatabase(databaseUrl)
    },
  }
}
