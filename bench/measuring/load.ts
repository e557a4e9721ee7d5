import { Pool } from 'undici'

/** One GraphQL request. */
export interface Shot {
  query: string
  variables?: object
}

/** What one round of load gave. */
export interface Round {
  requests: number
  seconds: number
  latenciesMs: number[]
}

export interface LoadOptions {
  concurrency: number
  seconds: number
  /** Who asks the nth time: the text of the `authorization` header. */
  authorization?: (n: number) => string
  /** Further headers, as they are now. */
  headers?: () => Readonly<Record<string, string>>
}

/** The number of the next request: no two requests of a run have the same. */
let next = 0

/** Sends what `shotOf` gives over `concurrency` connections for a while, each waiting for its answer before the next. */
export async function load(url: string, shotOf: (n: number) => Shot, options: LoadOptions): Promise<Round> {
  const { concurrency, seconds, authorization, headers } = options
  const pool = new Pool(url, { connections: concurrency })
  const latenciesMs: number[] = []
  const startedAt = performance.now()
  const until = startedAt + seconds * 1000
  const one = async () => {
    while (performance.now() < until) {
      const n = next++
      const body = JSON.stringify(shotOf(n))
      const sentAt = performance.now()
      const response = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(authorization ? { authorization: authorization(n) } : {}),
          ...headers?.(),
        },
        body,
      })
      const text = await response.body.text()
      if (response.statusCode !== 200 || text.includes('"errors"')) throw new Error(text.slice(0, 500))
      latenciesMs.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, one))
  const elapsed = (performance.now() - startedAt) / 1000
  await pool.close()
  return { requests: latenciesMs.length, seconds: elapsed, latenciesMs }
}

/** The answer to one shot. */
export async function answerTo(url: string, shot: Shot, authorization = ''): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(authorization ? { authorization } : {}),
    },
    body: JSON.stringify(shot),
  })
  return response.json()
}
