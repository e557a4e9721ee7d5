import { composeServices } from '@apollo/composition'
import { createCallerSigner, createCallerVerifier } from '@guildhall/kit/caller'
import type { OidcIssuer } from '@guildhall/kit/config'
import type { Log } from '@guildhall/kit/log'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { createHttpUpstream } from '@guildhall/kit/upstream-http'
import { parse } from 'graphql'
import { type Client, createClient } from 'graphql-ws'
import { exportJWK, generateKeyPair } from 'jose'
import { WebSocket } from 'ws'
import { createCallerResolver } from '../../callers/caller-resolver.ts'
import { createRouter, type Router, type RouterOptions } from '../../router.ts'
import { createToyIdentity, issuer, type ToyIdentity } from './toy-identity.ts'
import { createToyState, notesToy, peopleToy, type Toy, type ToyState } from './toy-subgraphs.ts'
import { inProcess, type ServedToy, serveToy } from './toy-transports.ts'

export type Transport = 'in-process' | 'http'

export interface Reply {
  status: number
  headers: Headers
  body: ReplyBody
}

export interface ReplyBody {
  data?: unknown
  errors: readonly {
    message: string
    path: readonly (string | number)[]
    extensions: { code: string; errorId: string; retryable: boolean }
  }[]
}

/** A router in front of toys. */
export interface World {
  router: Router
  url: string
  state: ToyState
  identity: ToyIdentity
  served: { notes?: ServedToy; people?: ServedToy }
  post(query: string, options?: PostOptions): Promise<Reply>
  /** A graphql-ws client that never reconnects. */
  client(token?: string | Promise<string>, path?: string): Client
  logged: Record<string, unknown>[]
  close(): Promise<void>
}

export interface PostOptions {
  token?: string | Promise<string>
  variables?: Record<string, unknown>
  operationName?: string
  headers?: Record<string, string>
  /** Default: `/graphql`. */
  path?: string
}

/** The toys as one supergraph, with the URLs of those that are served. */
export function composeToys(toys: readonly Toy[], urls: Record<string, string> = {}): string {
  const { supergraphSdl, errors } = composeServices(
    toys.map(({ name, typeDefs }) => ({ name, url: urls[name] ?? '', typeDefs: parse(typeDefs) })),
  )
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'))
  return supergraphSdl
}

/** A key pair of a router and its subgraphs. */
export async function createSigner() {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  return {
    signer: await createCallerSigner(await exportJWK(privateKey)),
    verify: await createCallerVerifier(await exportJWK(publicKey)),
  }
}

export async function startWorld(
  transport: Transport,
  options: Partial<RouterOptions> & { upstreamDeadlineMs?: number; externalIssuers?: OidcIssuer[] } = {},
): Promise<World> {
  const { signer, verify } = await createSigner()
  const state = createToyState()
  const toys = [notesToy(state, verify), peopleToy(state, verify)]
  const identity = await createToyIdentity(verify)

  const served: World['served'] = {}
  const upstreams: Record<string, SubgraphUpstream> = {}
  for (const toy of toys) {
    if (transport === 'in-process') {
      upstreams[toy.name] = inProcess(toy)
      continue
    }
    const server = await serveToy(toy)
    served[toy.name] = server
    const { url } = server
    upstreams[toy.name] = createHttpUpstream({
      url,
      name: toy.name,
      deadlineMs: options.upstreamDeadlineMs ?? 5_000,
    })
  }
  const { log, logged } = recordingLog()
  const router = await createRouter({
    supergraphSdl: composeToys(toys),
    upstreams,
    callers: createCallerResolver({
      upstreams: identity.upstreams,
      signer,
      issuer,
      externalIssuers: options.externalIssuers,
      log,
    }),
    log,
    ...options,
  })
  const { port } = await router.listen(0, '127.0.0.1')
  const url = `http://127.0.0.1:${port}`
  const clients: Client[] = []
  return {
    router,
    url,
    state,
    identity,
    served,
    logged,
    async post(query, { token, variables, operationName, headers, path = '/graphql' } = {}) {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${await token}` }
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization, ...headers },
        body: JSON.stringify({ query, variables, operationName }),
      })
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as ReplyBody,
      }
    },
    client(token, path = '/graphql') {
      const client = createClient({
        url: `${url.replace('http', 'ws')}${path}`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        lazyCloseTimeout: 60_000,
        ...(token === undefined
          ? {}
          : { connectionParams: async () => ({ authorization: `Bearer ${await token}` }) }),
      })
      clients.push(client)
      return client
    },
    async close() {
      await Promise.allSettled(clients.map(async (client) => client.dispose()))
      await router.close()
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()))
      await Promise.all(Object.values(served).map((server) => server.close()))
    },
  }
}

/** Keeps what was logged. */
export function recordingLog(): { log: Log; logged: Record<string, unknown>[] } {
  const logged: Record<string, unknown>[] = []
  const record =
    (level: string) =>
    (facts: unknown, message?: string): void => {
      logged.push({ level, message, ...(typeof facts === 'object' ? facts : { facts }) })
    }
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
  const log = Object.fromEntries(levels.map((level) => [level, record(level)]))
  return { log: { ...log, child: () => log } as unknown as Log, logged }
}

/** Waits until something is true; fails when it stays false. */
export async function until(what: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error(`not true within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Until the router follows identity's stream of changes. */
export const untilHeard = ({ logged }: World): Promise<void> =>
  until(() => logged.some(({ facts }) => facts === 'changes of rights are followed'))

/** The code with which a raw socket is closed. */
export const closeCode = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => socket.once('close', resolve))
