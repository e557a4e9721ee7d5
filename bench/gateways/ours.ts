// Our router as the house runs it: every request's token is verified, the caller's rights are known, and the subgraphs
// are told in a signed context. With BENCH_IN_PROCESS the subgraphs are in this process and check that context.
import { readFileSync, writeFileSync } from 'node:fs'
import { createCallerSigner, createCallerVerifier } from '@guildhall/kit/caller'
import { createLog } from '@guildhall/kit/log'
import { createHttpUpstream } from '@guildhall/kit/upstream-http'
import { createCallerResolver } from '@guildhall/router/callers/caller-resolver'
import { createRouter } from '@guildhall/router/router'
import { readSubgraphUrls } from '@guildhall/router/schema/subgraph-urls'
import { exportJWK, generateKeyPair } from 'jose'
import { createToyIdentity, issuer } from '../../router/tests/support/toy-identity.ts'
import { countFetch } from '../measuring/count-fetch.ts'
import { subgraphs } from '../supergraph/compose.ts'
import { inProcess } from '../supergraph/in-process.ts'

const { BENCH_SUPERGRAPH = '', BENCH_TOKENS = '', BENCH_IN_PROCESS, PORT } = process.env
/** So many people ask in turn. */
const people = 50

const supergraphSdl = readFileSync(BENCH_SUPERGRAPH, 'utf8')
const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
const verify = await createCallerVerifier(await exportJWK(publicKey))
const identity = await createToyIdentity(verify)
const tokens = await Promise.all(
  Array.from({ length: people }, (_, at) => {
    const { sessionId } = identity.login(`usr_${at}`, ['events:read', 'projects:read'])
    return identity.token(sessionId, { lifetime: '3h' })
  }),
)
writeFileSync(BENCH_TOKENS, JSON.stringify(tokens))

const log = createLog('warn')
const urls = readSubgraphUrls(supergraphSdl)
const upstreams = Object.fromEntries(
  subgraphs.map((subgraph) => [
    subgraph.name,
    BENCH_IN_PROCESS
      ? inProcess(subgraph, { verify, asked: countFetch })
      : createHttpUpstream({ name: subgraph.name, url: urls[subgraph.name] ?? '', log }),
  ]),
)
const router = await createRouter({
  supergraphSdl,
  upstreams,
  callers: createCallerResolver({
    upstreams: identity.upstreams,
    signer: await createCallerSigner(await exportJWK(privateKey)),
    issuer,
    log,
  }),
  production: true,
  log,
})
await router.listen(Number(PORT), '127.0.0.1')
process.on('SIGTERM', () => void router.close().then(() => process.exit(0)))
