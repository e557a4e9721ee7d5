import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request as the service got it. */
export interface PushRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface PushAnswer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

/** A real HTTP server on this machine in the place of a push service. */
export interface PushService {
  url: string
  requests: PushRequest[]
  /** Path → what is answered there from now on. */
  answer(path: string, ...answers: PushAnswer[]): void
  close(): Promise<void>
}

/** Answers of a path are given in order, the last one again and again; other paths answer 404. */
export async function startPushService(): Promise<PushService> {
  const requests: PushRequest[] = []
  const prepared = new Map<string, PushAnswer[]>()
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    requests.push({
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: await buffer(request),
    })
    const answers = prepared.get(path) ?? [{ status: 404 }]
    const { status, headers, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 404 }
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(body === undefined ? '' : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (path, ...answers) => prepared.set(path, answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
