// Ours with every domain in the same process: no HTTP between router and subgraphs, their work included.
import { createLog } from '@guildhall/kit/log'
import { openHouse } from '../../scripts/house/open-house.ts'

const { BENCH_DATABASE = '', BENCH_ISSUER = '', PORT } = process.env
const house = await openHouse({
  databaseUrl: BENCH_DATABASE,
  publicUrl: BENCH_ISSUER,
  production: true,
  log: createLog('warn'),
})
await house.router.listen(Number(PORT), '127.0.0.1')
process.on('SIGTERM', () => void house.close().then(() => process.exit(0)))
