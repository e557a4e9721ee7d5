// The clients of the live suite, in a process of their own. Told over IPC what to do, one thing at a time; answers each.
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { ClientsCommand, ClientsReport } from './commands.ts'
import { now } from './subgraphs.ts'

const sockets: WebSocket[] = []
let received = 0
let failed = 0
let latencies: number[] = []

const open = (url: string, query: string, room: number | null) =>
  new Promise<void>((resolve, reject) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', { skipUTF8Validation: true })
    socket.binaryType = 'nodebuffer'
    sockets.push(socket)
    socket.once('error', reject)
    socket.once('open', () => socket.send('{"type":"connection_init"}'))
    socket.once('message', () => {
      const payload = { query, variables: room === null ? {} : { room } }
      socket.send(JSON.stringify({ id: crypto.randomUUID(), type: 'subscribe', payload }))
      socket.on('message', (data: Buffer) => {
        received += 1
        const start = data.indexOf('"at":') + 5
        if (start < 5) failed += 1
        else latencies.push(now() - Number.parseFloat(data.toString('latin1', start, start + 20)))
      })
      resolve()
    })
  })

const commands: {
  [Name in ClientsCommand['do']]: (command: Extract<ClientsCommand, { do: Name }>) => Promise<void>
} = {
  async open({ url, count, query, distinct }) {
    const batch = 100
    for (let from = 0; from < count; from += batch) {
      const size = Math.min(batch, count - from)
      await Promise.all(Array.from({ length: size }, (_, i) => open(url, query, distinct ? from + i : null)))
    }
  },
  async forget() {
    received = 0
    failed = 0
    latencies = []
  },
  async pause({ count }) {
    for (const socket of sockets.slice(0, count)) socket.pause()
  },
  async receive({ count }) {
    const until = performance.now() + 30_000
    while (received < count && performance.now() < until) await pause(5)
  },
  async close() {
    for (const socket of sockets.splice(0)) socket.terminate()
  },
}

process.on('message', async (command: ClientsCommand) => {
  await commands[command.do](command as never)
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  process.send?.({ received, failed, p50: at(0.5), p99: at(0.99) } satisfies ClientsReport)
})
