import {
  anonymous,
  type Caller,
  type CallerSigner,
  createCallerSigner,
  createCallerVerifier,
  servicesKeyId,
} from '../../caller.ts'
import type { SubgraphDefinition } from '../../define-subgraph.ts'
import { type Host, type HostOptions, startHost } from '../../host.ts'
import { makeKeyPair } from '../../keys.ts'
import { type RecordingTransport, recordingTransport } from '../../testing/recording-transport.ts'
import { captureLog } from './capture-log.ts'
import { createToy, type Toy } from './toy.ts'

/** A host that serves the given definitions on a database with the toy domain in it. */
export interface ToyHost {
  toy: Toy
  host: Host
  mail: RecordingTransport
  signer: CallerSigner
  /** A signed context of this caller. */
  token(caller?: Caller): Promise<string>
  lines: Record<string, unknown>[]
  close(): Promise<void>
}

/**
 * @param prepare told of the database before the host starts.
 * @param more what else the host is told.
 */
export async function startToyHost(
  definitions: readonly SubgraphDefinition[],
  prepare: (toy: Toy) => Promise<void> = async () => {},
  more: (toy: Toy) => Partial<HostOptions> = () => ({}),
): Promise<ToyHost> {
  const toy = await createToy()
  await prepare(toy)
  const mail = recordingTransport()
  const [router, services] = [await makeKeyPair('router'), await makeKeyPair(servicesKeyId)]
  const signer = await createCallerSigner(router.privateJwk)
  const { log, lines } = captureLog()
  const host = await startHost({
    definitions,
    contracts: [],
    databaseUrl: toy.url,
    verify: await createCallerVerifier(router.publicJwk, services.publicJwk),
    signService: await createCallerSigner(services.privateJwk),
    log,
    clock: toy.clock,
    vault: toy.runtime.vault,
    mail,
    ...more(toy),
  })
  return {
    toy,
    host,
    mail,
    signer,
    token: (caller = anonymous) => signer(caller),
    lines,
    close: async () => {
      await host.close()
      await toy.close()
    },
  }
}
