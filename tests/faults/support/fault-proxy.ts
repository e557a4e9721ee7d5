import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What goes wrong between two processes. */
export interface Faults {
  /** Added to every piece of data, each way. */
  latencyMs: number
  /** New connections are reset. */
  refuses: boolean
  /** Data is taken and goes nowhere: the connection looks open. */
  swallows: boolean
}

/** A cable between two processes that can be cut. */
export interface FaultProxy {
  port: number
  faults: Faults
  /** Resets every connection there is. */
  cutAll(): void
  close(): Promise<void>
}

/** Forwards TCP connections to the port of this machine that `target` names, with the faults that are set at the time. */
export async function startFaultProxy(target: () => number): Promise<FaultProxy> {
  const faults: Faults = { latencyMs: 0, refuses: false, swallows: false }
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer({ pauseOnConnect: true }, (near) => {
    if (faults.refuses) return void near.resetAndDestroy()
    const far = connect(target(), '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    for (const socket of pair) {
      const drop = () => {
        pairs.delete(pair)
        near.destroy()
        far.destroy()
      }
      socket.on('error', drop).on('close', drop)
    }
    void pump(near, far, faults)
    void pump(far, near, faults)
    near.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const cutAll = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
  }
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    faults,
    cutAll,
    async close() {
      cutAll()
      server.close()
      await once(server, 'close')
    },
  }
}

async function pump(from: Socket, to: Socket, faults: Faults): Promise<void> {
  try {
    for await (const piece of from) {
      while (faults.swallows && !to.destroyed) await pause(10)
      if (faults.latencyMs > 0) await pause(faults.latencyMs)
      if (!to.write(piece as Buffer)) await once(to, 'drain')
    }
    to.end()
  } catch {
    // The pair is dropped by its own events.
  }
}
