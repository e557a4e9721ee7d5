import { request } from 'node:http'
import { connect } from 'node:net'

/** What is sent to a house, byte by byte as it stands here. */
export interface Probe {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

export interface ProbeAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** Sends a request; unlike `fetch` it adds no header and mends no address. */
export const send = (url: string, { method = 'POST', path = '/graphql', headers = {}, body }: Probe) =>
  new Promise<ProbeAnswer>((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const framed = { ...length, ...headers }
    const sent = request({ hostname, port, method, path, headers: framed, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
      })
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })

export const jsonHeaders = { 'content-type': 'application/json' }

/** What asks for a socket. */
export const asksForSocket: Probe = {
  method: 'GET',
  headers: {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  },
}

/** Asks subgraphs of Apollo for a trace, which tells how they resolve each field. */
export const asksForTrace = { 'apollo-federation-include-trace': 'ftv1' }

/** A well-made request with this body. */
export const post = (body: object | string | Buffer, headers: Record<string, string> = {}): Probe => ({
  headers: { ...jsonHeaders, ...headers },
  body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
})

/** The text that comes back for bytes that need not be HTTP. */
export const sendBytes = (url: string, bytes: Buffer | string) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.end(bytes))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      // Cut off while we were still sending: that is an answer, too.
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error),
    )
  })

/** Nothing of the inside may show: stacks, files, hosts, SQL, whose software it is. */
export const inside =
  /node_modules|\.ts\b|at \w+ \(|apollo server|fastify|select .+ from|localhost|127\.0\.0\.1|postgres|ECONN/i
