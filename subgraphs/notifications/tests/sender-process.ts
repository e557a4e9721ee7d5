// A house of its own on the database of a test, so that it can be killed: DATABASE SMTP SECRET MS-AHEAD
import { createCallerSigner, createCallerVerifier, servicesKeyId } from '@guildhall/kit/caller'
import { systemClock } from '@guildhall/kit/clock'
import { loadDefinitions } from '@guildhall/kit/discover'
import { startHost } from '@guildhall/kit/host'
import { makeKeyPair } from '@guildhall/kit/keys'
import { createLog } from '@guildhall/kit/log'
import { smtpTransport } from '@guildhall/kit/mail/smtp-transport'
import { createVault } from '@guildhall/kit/vault'

const [databaseUrl = '', smtpUrl = '', secret, aheadMs] = process.argv.slice(2)
const [router, services] = [await makeKeyPair('router'), await makeKeyPair(servicesKeyId)]

await startHost({
  definitions: await loadDefinitions(),
  databaseUrl,
  verify: await createCallerVerifier(router.publicJwk, services.publicJwk),
  signService: await createCallerSigner(services.privateJwk),
  log: createLog('silent'),
  clock: { now: () => new Date(systemClock.now().getTime() + Number(aheadMs)) },
  vault: createVault({ current: secret }),
  mail: smtpTransport(smtpUrl, { name: 'Guildhall', address: 'guildhall@house.example' }),
})
