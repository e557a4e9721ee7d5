import { createServer, type ServerResponse } from 'node:http'
import { answerProbe, detailsPath, type Health, probePaths } from './health/health.ts'
import { describeProcess } from './health/vitals.ts'
import type { Metrics } from './metrics/metrics.ts'

/** What is served to operators alone. */
export interface InternalServerOptions {
  port: number
  host: string
  health: Health
  gitSha?: string | undefined
  metrics: Metrics
}

/** A port for those who run the house; nothing on it asks for credentials. */
export interface InternalServer {
  port: number
  close(): Promise<void>
}

/** Serves `/metrics`, and health with all details. @throws Error when the port cannot be had. */
export async function openInternalServer(options: InternalServerOptions): Promise<InternalServer> {
  const { health, gitSha, metrics } = options
  metrics.gauge('guildhall_ready', 'Whether this process should get traffic.', [], async () => [
    [[], (await health.problems()).length === 0 ? 1 : 0],
  ])
  const answers = new Map<string, () => Promise<Answer>>([
    ...probePaths.map((path) => [path, async () => json(await answerProbe(path, health))] as const),
    ['/metrics', async () => ({ status: 200, contentType: metrics.contentType, text: await metrics.text() })],
    [detailsPath, async () => json({ status: 200, body: await describeProcess(health, gitSha) })],
  ])
  const server = createServer((request, response) => {
    const answer = answers.get(request.url?.split('?')[0] ?? '')
    if (!answer || request.method !== 'GET') return send(response, notFound)
    answer().then(
      (ready) => send(response, ready),
      () => send(response, { ...notFound, status: 500 }),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  status: number
  contentType: string
  text: string
}

const json = ({ status, body }: { status: number; body: object }): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  text: JSON.stringify(body),
})

const notFound: Answer = { status: 404, contentType: 'text/plain', text: '' }

function send(response: ServerResponse, { status, contentType, text }: Answer): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text)
}
