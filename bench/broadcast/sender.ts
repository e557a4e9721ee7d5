// A process that does nothing but the background work of notifications, until it is killed.
import { createCallerSigner, createCallerVerifier, servicesKeyId } from '@guildhall/kit/caller'
import { loadDefinitions } from '@guildhall/kit/discover'
import { startHost } from '@guildhall/kit/host'
import { makeKeyPair } from '@guildhall/kit/keys'
import { createLog } from '@guildhall/kit/log'
import { createVault } from '@guildhall/kit/vault'

const { BENCH_DATABASE = '' } = process.env
const [router, services] = [await makeKeyPair('router'), await makeKeyPair(servicesKeyId)]
await startHost({
  definitions: await loadDefinitions(['notifications']),
  databaseUrl: BENCH_DATABASE,
  verify: await createCallerVerifier(router.publicJwk, services.publicJwk),
  signService: await createCallerSigner(services.privateJwk),
  log: createLog('warn'),
  vault: createVault({ current: 'the secret of a bench that is thrown away' }),
})
