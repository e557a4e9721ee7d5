// Clients of streams, in a process of their own. Told over IPC what to do, one thing at a time; answers each.
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { ClientsCommand, ClientsReport } from './commands.ts'
import { now } from './subgraphs.ts'

const sockets: WebSocket[] = []
let received = 0
let failed = 0
let latencies: number[] = []
let arrivals: number[] = []

const open = (url: string, query: string, variables: object, times: number) =>
  new Promise<void>((resolve, reject) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', { skipUTF8Validation: true })
    socket.binaryType = 'nodebuffer'
    sockets.push(socket)
    socket.once('error', reject)
    socket.once('open', () => socket.send('{"type":"connection_init"}'))
    socket.once('message', () => {
      const payload = { query, variables }
      for (let time = 0; time < times; time++) {
        socket.send(JSON.stringify({ id: crypto.randomUUID(), type: 'subscribe', payload }))
      }
      socket.on('message', (data: Buffer) => {
        received += 1
        arrivals.push(Date.now())
        if (data.includes('"errors":') || !data.includes('"type":"next"')) failed += 1
        // Whoever makes events for measuring says in them when that was.
        const start = data.indexOf('"at":') + 5
        if (start >= 5) latencies.push(now() - Number.parseFloat(data.toString('latin1', start, start + 20)))
      })
      resolve()
    })
  })

const commands: {
  [Name in ClientsCommand['do']]: (command: Extract<ClientsCommand, { do: Name }>) => Promise<void>
} = {
  async open({ url, count, query, distinct, variables = {}, times = 1 }) {
    const batch = 100
    for (let from = 0; from < count; from += batch) {
      const size = Math.min(batch, count - from)
      await Promise.all(
        Array.from({ length: size }, (_, i) =>
          open(url, query, distinct ? { room: from + i } : variables, times),
        ),
      )
    }
  },
  async forget() {
    received = 0
    failed = 0
    latencies = []
    arrivals = []
  },
  async pause({ count }) {
    for (const socket of sockets.slice(-count)) socket.pause()
  },
  async receive({ count }) {
    const until = performance.now() + 30_000
    while (received < count && performance.now() < until) await pause(5)
  },
  async arrivals() {},
  async close() {
    for (const socket of sockets.splice(0)) socket.terminate()
  },
}

process.on('message', async (command: ClientsCommand) => {
  await commands[command.do](command as never)
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  const told = command.do === 'arrivals' ? { arrivals } : {}
  process.send?.({ received, failed, p50: at(0.5), p99: at(0.99), ...told } satisfies ClientsReport)
})
