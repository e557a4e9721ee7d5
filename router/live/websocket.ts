import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Log } from '@guildhall/kit/log'
import { handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { ClientReader } from '../callers/client.ts'
import { viewAt } from '../schema/view-path.ts'
import { type SocketExtra, type SocketOperations, socketOperations } from './socket-operations.ts'
import { closeCodes, createSession, type SocketSession } from './socket-session.ts'

export interface WebSocketOptions extends SocketOperations {
  server: Server
  path: string
  callers: CallerResolver
  clientOf: ClientReader
  /** Whether a browser page of this origin may connect; other clients send none. */
  allowsOrigin(origin: string): boolean
  deadlineMs: number
  log: Log
}

/** The sockets of a router. */
export interface Sockets {
  /** Tells every client to reconnect elsewhere (1012), after its running queries and mutations were answered. */
  close(): Promise<void>
}

const initTimeoutMs = 3_000
const maxMessageBytes = 256 * 1024
const pingEveryMs = 12_000
/** A client that does not answer the closing handshake is cut after this. */
const closeWaitMs = 2_000

/** Serves graphql-ws on the upgrade requests of an HTTP server. */
export function serveWebSockets(options: WebSocketOptions): Sockets {
  const { server, path, schemas, callers, clientOf, log, deadlineMs } = options
  const sessions = new Map<WebSocket, SocketSession>()
  let closing = false

  const graphql = makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: initTimeoutMs,
    onConnect: ({ connectionParams, extra }) => extra.session.authenticate(connectionParams),
    ...socketOperations(options),
  })
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols,
  })

  const accept = (socket: WebSocket, request: IncomingMessage, view: string) => {
    const session = createSession({ socket, callers, client: clientOf(request), deadlineMs, log })
    sessions.set(socket, session)
    const stopPinging = keepAlive(socket)
    const closed = graphql.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => session.close(code ?? closeCodes.internal, reason ?? ''),
        onMessage: (handle) =>
          socket.on('message', (data) => {
            handle(String(data)).catch((error: unknown) => {
              log.error({ err: error }, 'message of a socket was not handled')
              session.close(closeCodes.internal, 'Internal server error')
            })
          }),
      },
      { session, view },
    )
    // ws has chosen the code that fits (1009 for oversized messages and so on); the close event follows.
    socket.on('error', (error) => log.debug({ err: error }, 'socket failed'))
    socket.once('close', (code, reason) => {
      stopPinging()
      sessions.delete(socket)
      session.ended()
      closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'socket not cleaned up'),
      )
    })
  }

  const upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const view = viewAt(path, request.url?.split('?')[0] ?? '')
    const refusal = refuse(request, view)
    if (view === undefined || refusal)
      return connection.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    webSockets.handleUpgrade(request, connection, head, (socket) => accept(socket, request, view))
  }
  const refuse = ({ headers }: IncomingMessage, view: string | undefined): string | undefined => {
    if (closing) return '503 Service Unavailable'
    if (view === undefined || !schemas.now().views.get(view)) return '404 Not Found'
    return headers.origin !== undefined && !options.allowsOrigin(headers.origin) ? '403 Forbidden' : undefined
  }

  const stopListening = callers.onChange((change) => {
    for (const session of sessions.values()) session.recheck(change)
  })
  server.on('upgrade', upgrade)
  return {
    async close() {
      closing = true
      stopListening()
      const open = [...sessions.keys()].map(
        (socket) => new Promise((resolve) => socket.once('close', resolve)),
      )
      for (const session of sessions.values()) session.drain()
      const cut = setTimeout(() => {
        for (const socket of sessions.keys()) socket.terminate()
      }, deadlineMs + closeWaitMs)
      await Promise.all(open)
      clearTimeout(cut)
    },
  }
}

/** Resolves when the system has taken the text: streams wait for their readers instead of filling memory. */
const send = (socket: WebSocket, text: string) =>
  new Promise<void>((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve()
    socket.send(text, (error) => (error ? reject(error) : resolve()))
  })

/** Cuts sockets whose client has not answered the last ping. */
function keepAlive(socket: WebSocket): () => void {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, pingEveryMs)
  return () => clearInterval(timer)
}
