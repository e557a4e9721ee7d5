import { connect, createServer, type Socket } from 'node:net'

/** A door to PostgreSQL that counts what goes through it. */
export interface StatementCounter {
  /** The database's URL through this door. */
  url: string
  count(): number
  close(): void
}

/** Types of the messages by which a client has a statement executed: `Query` and `Execute`. */
const executes = new Set(['Q', 'E'].map((letter) => letter.charCodeAt(0)))

/** Counts on the wire, so that no target is asked for its own account; all statements of a client count, `begin` too. */
export async function countStatements(databaseUrl: string): Promise<StatementCounter> {
  const target = new URL(databaseUrl)
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname)
    const see = messageReader((type) => {
      if (executes.has(type)) count += 1
    })
    client.on('data', see)
    client.pipe(database).pipe(client)
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    count: () => count,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Reads the frames of the protocol: a start-up message without a type, then type, length, body. */
function messageReader(onMessage: (type: number) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  let started = false
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const header = started ? 1 : 0
      if (rest.length < header + 4) return
      const length = header + rest.readInt32BE(header)
      if (rest.length < length) return
      if (started) onMessage(rest.readUInt8(0))
      // A request for encryption comes before the start-up message proper.
      else started = rest.readInt32BE(4) !== 80877103
      rest = rest.subarray(length)
    }
  }
}
