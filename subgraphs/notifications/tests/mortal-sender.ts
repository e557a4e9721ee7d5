// A process that does nothing but the background work of notifications, until it is killed. Its one argument is the
// database's address; it sends "ready" once it is at work.
import { createCallerSigner, createCallerVerifier, servicesKeyId } from '@guildhall/kit/caller'
import { loadDefinitions } from '@guildhall/kit/discover'
import { startHost } from '@guildhall/kit/host'
import { makeKeyPair } from '@guildhall/kit/keys'
import { createLog } from '@guildhall/kit/log'
import { createVault } from '@guildhall/kit/vault'

const [databaseUrl = ''] = process.argv.slice(2)
const [router, services] = [await makeKeyPair('router'), await makeKeyPair(servicesKeyId)]
await startHost({
  definitions: await loadDefinitions(['notifications']),
  databaseUrl,
  verify: await createCallerVerifier(router.publicJwk, services.publicJwk),
  signService: await createCallerSigner(services.privateJwk),
  log: createLog('silent'),
  vault: createVault({ current: 'the secret of a mortal process, long enough' }),
})
process.send?.('ready')
