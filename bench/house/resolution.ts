import { createCallerSigner } from '@guildhall/kit/caller'
import { createHttpUpstream } from '@guildhall/kit/upstream-http'
import { createCallerResolver } from '@guildhall/router/callers/caller-resolver'
import type { JWK } from 'jose'

export interface ResolutionOptions {
  /** Domain → its GraphQL endpoint. */
  urls: Readonly<Record<string, string>>
  /** The router's private key. */
  contextPrivate: JWK
  issuer: string
  /** What callers show → the text of their `Authorization` header. */
  headers: Readonly<Record<string, string>>
}

const calls = 200_000
const client = { address: '192.0.2.1', userAgent: 'bench' }

/** Prints what it costs the router to know a caller that it has seen before. */
export async function measureResolution(options: ResolutionOptions): Promise<void> {
  const upstreams = Object.fromEntries(
    Object.entries(options.urls).map(([name, url]) => [name, createHttpUpstream({ name, url })]),
  )
  const callers = createCallerResolver({
    upstreams,
    signer: await createCallerSigner(options.contextPrivate),
    issuer: options.issuer,
  })
  const figures: Record<string, { calls: number; 'CPU ms/call': number }> = {}
  try {
    for (const [name, header] of Object.entries(options.headers)) {
      const resolve = async (times: number) => {
        for (let call = 0; call < times; call++) await callers.resolve(header, client)
      }
      await resolve(calls / 10)
      const before = process.cpuUsage()
      await resolve(calls)
      const { user, system } = process.cpuUsage(before)
      const cpuMs = (user + system) / 1_000 / calls
      figures[name] = { calls, 'CPU ms/call': Number(cpuMs.toFixed(5)) }
    }
  } finally {
    await callers.close()
    await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()))
  }
  console.log('\nKnowing a caller that was seen before')
  console.table(figures)
}
