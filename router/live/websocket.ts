import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Log } from '@guildhall/kit/log'
import { handleProtocols, makeServer } from 'graphql-ws'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { ClientReader } from '../callers/client.ts'
import type { Admission, Visitor } from './admission.ts'
import { closeCodes } from './close-codes.ts'
import { createHeartbeat } from './heartbeat.ts'
import type { LiveLimits } from './limits.ts'
import { createMessageBudget } from './message-budget.ts'
import { type SocketExtra, type SocketOperations, socketOperations } from './socket-operations.ts'
import { createSocketSender } from './socket-sender.ts'
import { createSession, type SocketSession } from './socket-session.ts'
import { createSparingLog } from './sparing-log.ts'
import type { TimerWheel } from './timer-wheel.ts'
import { readUpgrade } from './upgrade.ts'

export interface WebSocketOptions extends Omit<SocketOperations, 'subscriptionsPerSocket'> {
  server: Server
  path: string
  callers: CallerResolver
  clientOf: ClientReader
  /** Whether a browser page of this origin may connect to this host; other clients send no origin. */
  allowsOrigin(origin: string, host: string | undefined): boolean
  limits: LiveLimits
  admission: Admission
  wheel: TimerWheel
  heartbeatMs: number
  deadlineMs: number
  log: Log
}

/** The sockets of a router. */
export interface Sockets {
  /** Tells every client to reconnect elsewhere (1012), after its running queries and mutations were answered. */
  close(): Promise<void>
  /** How many are open; how many were closed so far with which code, and never opened, with which status. */
  counts(): {
    open: number
    closed: Readonly<Record<number, number>>
    refused: Readonly<Record<number, number>>
  }
}

/** A request that may become a socket. */
interface Upgrade {
  connection: Duplex
  request: IncomingMessage
  visitor: Visitor
  view: string
}

const initTimeoutMs = 3_000
/** A client that does not answer the closing handshake is cut after this. */
const closeWaitMs = 2_000

/** A client that leaves, or is lost, is nothing to tell. */
const ordinary: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006])

/** What ws finds wrong with a message → the code with which it closes; the client may be gone before it answers. */
const brokenBy: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_INVALID_UTF8: 1007,
}

/** Serves graphql-ws on the upgrade requests of an HTTP server. */
export function serveWebSockets(options: WebSocketOptions): Sockets {
  const { server, callers, clientOf, limits, admission, wheel, log, deadlineMs } = options
  const sessions = new Map<WebSocket, SocketSession>()
  const closed: Record<number, number> = {}
  const refused: Record<number, number> = {}
  const tell = createSparingLog(log)
  const heartbeat = createHeartbeat(options.heartbeatMs)
  let closing = false

  const graphql = makeServer<Record<string, unknown>, SocketExtra>({
    // Ours is on the wheel.
    connectionInitWaitTimeout: 0,
    onConnect: ({ connectionParams, extra }) => extra.session.authenticate(connectionParams),
    ...socketOperations({ ...options, subscriptionsPerSocket: limits.subscriptionsPerSocket }),
  })
  // The types of ws do not know of the timeout yet.
  const serverOptions: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    closeTimeout: closeWaitMs,
    handleProtocols,
  }
  const webSockets = new WebSocketServer(serverOptions)

  const accept = (socket: WebSocket, { connection, request, visitor, view }: Upgrade) => {
    let farewell: { code: number; reason: string; err?: unknown } | undefined
    const close = (code: number, reason: string, err?: unknown) => {
      if (socket.readyState === socket.OPEN) farewell ??= { code, reason, err }
      socket.close(code, reason)
    }
    const sender = createSocketSender(socket, connection, limits, () =>
      close(closeCodes.tryLater, 'Too slow'),
    )
    const client = clientOf(request)
    const session = createSession({ sender, visitor, callers, client, wheel, deadlineMs, close })
    sessions.set(socket, session)
    heartbeat.add(socket)
    const opened = graphql.opened(
      {
        protocol: socket.protocol,
        send: sender.send,
        // The reason for this one repeats the id, which need not fit into a frame.
        close: (code, reason) =>
          close(code ?? closeCodes.internal, code === closeCodes.duplicate ? '' : (reason ?? '')),
        onMessage: (handle) => listen(socket, session, limits, log, handle),
      },
      { session, view },
    )
    const forgetInit = wheel.at(Date.now() + initTimeoutMs, () => {
      if (!session.isIntroduced()) close(closeCodes.initTimeout, 'Connection initialisation timeout')
    })
    // ws has closed it with the code that fits; the close event follows.
    socket.on('error', ({ code: reason = '' }: NodeJS.ErrnoException) => {
      farewell ??= { code: brokenBy[reason] ?? closeCodes.broken, reason }
    })
    socket.once('close', (received, reason) => {
      // A client that does not answer our code, or with another one, was sent away all the same.
      const { code, ...why } = farewell ?? { code: received }
      closed[code] = (closed[code] ?? 0) + 1
      if (!ordinary.has(code)) {
        const kind = farewell ? `${code} ${farewell.reason}` : 'closed by its client'
        tell(kind, { code, ...why, viewer: session.viewer() }, 'socket closed')
      }
      forgetInit()
      heartbeat.remove(socket)
      sessions.delete(socket)
      session.ended()
      opened(received, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'socket not cleaned up'),
      )
    })
  }

  const upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    // The HTTP server has let go of it: a reset that nobody hears of would end the process.
    connection.on('error', () => {})
    const told = (status: number) => {
      refused[status] = (refused[status] ?? 0) + 1
      tell(`refused ${status}`, { status }, 'socket refused')
    }
    const refuse = (refusal: string) => {
      told(Number.parseInt(refusal, 10))
      // A client that does not leave by itself would keep it open.
      connection.once('finish', () => connection.destroy())
      connection.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    if (closing) return refuse('503 Service Unavailable')
    const asked = readUpgrade(request, options)
    if ('refusal' in asked) return refuse(asked.refusal)
    const visitor = admission.enter(clientOf(request).address)
    if (!visitor) return refuse('429 Too Many Requests')
    connection.once('close', visitor.leave)
    let accepted = false
    webSockets.handleUpgrade(request, connection, head, (socket) => {
      accepted = true
      accept(socket, { connection, request, visitor, view: asked.view })
    })
    // ws has answered that the handshake is none.
    if (!accepted) told(400)
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
      heartbeat.stop()
    },
    counts: () => ({ open: sessions.size, closed: { ...closed }, refused: { ...refused } }),
  }
}

/** Hands messages on, until there are too many. Pings count: each is answered. */
function listen(
  socket: WebSocket,
  session: SocketSession,
  { messageBurst, messagesPerSecond }: LiveLimits,
  log: Log,
  handle: (text: string) => Promise<void>,
): void {
  const take = createMessageBudget(messageBurst, messagesPerSecond)
  const allowed = () => {
    if (take()) return true
    session.close(closeCodes.tryLater, 'Too many messages')
    return false
  }
  socket.on('ping', allowed)
  socket.on('message', (data) => {
    if (socket.readyState !== socket.OPEN || !allowed()) return
    handle(String(data)).catch((error: unknown) => {
      log.error({ err: error }, 'message of a socket was not handled')
      session.close(closeCodes.internal, 'Internal server error')
    })
  })
}
