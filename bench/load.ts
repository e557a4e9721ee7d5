import { Pool } from 'undici'

/** One GraphQL request, the same every time. */
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

/** Sends `shot` over `concurrency` connections for a while, each waiting for its answer before the next. */
export async function load(
  url: string,
  shot: Shot,
  token: string,
  { concurrency, seconds }: { concurrency: number; seconds: number },
): Promise<Round> {
  const pool = new Pool(url, { connections: concurrency })
  const body = JSON.stringify(shot)
  const latenciesMs: number[] = []
  const startedAt = performance.now()
  const until = startedAt + seconds * 1000
  const one = async () => {
    while (performance.now() < until) {
      const sentAt = performance.now()
      const response = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
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
export async function answerTo(url: string, shot: Shot, token: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(shot),
  })
  return response.json()
}
