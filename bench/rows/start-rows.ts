import { type Caller, contextHeader, createCallerSigner } from '@guildhall/kit/caller'
import { newId } from '@guildhall/kit/ids'
import { makeKeyPair } from '@guildhall/kit/keys'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { peersFolder } from '../gateways/peers.ts'
import { type MeasuredProcess, startMeasured } from '../measuring/measured-process.ts'
import type { RowsTarget } from './targets.ts'

/** Starts targets and speaks to them as the router would. */
export interface RowsStarter {
  /** The signed context of somebody who may see the rows. */
  headers(): Readonly<Record<string, string>>
  start(target: RowsTarget, databaseUrl: string): Promise<{ process: MeasuredProcess; url: string }>
  /** The text of an answer. */
  ask(url: string, query: string): Promise<string>
  close(): Promise<void>
}

/** Shorter than a context lives. */
const renewMs = 20_000

/** @param organization whose rows are asked for. */
export async function createStarter(organization: string): Promise<RowsStarter> {
  const keys = await makeKeyPair('router')
  const sign = await createCallerSigner(keys.privateJwk)
  const caller: Caller = {
    kind: 'user',
    userId: newId('usr'),
    sessionId: newId('ses'),
    platformRoles: [],
    grants: { [organization]: { role: 'OWNER', permissions: [] } },
  }
  let context = await sign(caller)
  const renewing = setInterval(async () => {
    context = await sign(caller)
  }, renewMs)
  const headers = () => ({ [contextHeader]: context })
  const processes: MeasuredProcess[] = []
  return {
    headers,
    async start({ script, environment, ready = '/graphql?query=%7B__typename%7D' }, databaseUrl) {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const shared = {
        NODE_ENV: 'production',
        GRAPHILE_ENV: 'production',
        PORT: String(port),
        BENCH_DATABASE: databaseUrl,
        BENCH_PEERS: peersFolder,
        CONTEXT_PUBLIC_KEY: JSON.stringify(keys.publicJwk),
      }
      const process = await startMeasured(script, { ...shared, ...environment }, url + ready)
      processes.push(process)
      return { process, url }
    },
    async ask(url, query) {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...headers() },
        body: JSON.stringify({ query }),
      })
      return answer.text()
    },
    async close() {
      clearInterval(renewing)
      for (const started of processes.reverse()) await started.stop()
    },
  }
}
