// Ours: a domain as every domain is declared, behind a signed context. With BENCH_IN_PROCESS it is executed as in one
// process with the router: nothing of its own HTTP, only what it takes to be asked at all.
import { createServer, type IncomingMessage } from 'node:http'
import { contextHeader, createCallerSigner, createCallerVerifier } from '@guildhall/kit/caller'
import { startHost } from '@guildhall/kit/host'
import { makeKeyPair } from '@guildhall/kit/keys'
import { createLog } from '@guildhall/kit/log'
import { createVault } from '@guildhall/kit/vault'
import contract from '../depot/contract.ts'
import depot from '../depot/subgraph.ts'

const { BENCH_DATABASE = '', BENCH_IN_PROCESS, CONTEXT_PUBLIC_KEY = '', PORT } = process.env
const services = await makeKeyPair('services')
const host = await startHost({
  definitions: [depot],
  contracts: [contract],
  databaseUrl: BENCH_DATABASE,
  verify: await createCallerVerifier(JSON.parse(CONTEXT_PUBLIC_KEY)),
  signService: await createCallerSigner(services.privateJwk),
  log: createLog('warn'),
  vault: createVault({ current: 'nothing of the benchmark is secret' }),
  backgroundWork: false,
})
if (BENCH_IN_PROCESS) {
  createServer(async (request, response) => {
    if (request.method === 'GET') return response.end()
    const context = String(request.headers[contextHeader])
    const { query } = JSON.parse(await textOf(request))
    response.end(JSON.stringify(await host.upstreams.depot?.execute({ query, context })))
  }).listen(Number(PORT), '127.0.0.1')
} else {
  await host.serve('depot', Number(PORT))
}
process.on('SIGTERM', () => void host.close().then(() => process.exit(0)))

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
