import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** What the process of the clients is told. */
export type ClientsCommand =
  | {
      do: 'open'
      url: string
      count: number
      query: string
      distinct: boolean
      variables?: object
      /** So often does each subscribe; default: once. */
      times?: number
    }
  | { do: 'forget' }
  /** So many read no more: those who came last. */
  | { do: 'pause'; count: number }
  | { do: 'receive'; count: number }
  /** Says when each event came. */
  | { do: 'arrivals' }
  | { do: 'close' }

/** What it answers: events received since it was told to forget, and milliseconds from their beginning to a client. */
export interface ClientsReport {
  received: number
  /** Those that were errors. */
  failed: number
  p50: number
  p99: number
  /** By the clock of the machine, in milliseconds; only if asked for. */
  arrivals?: readonly number[]
}

/** The clients, in a process of their own. */
export interface Clients {
  tell(command: ClientsCommand): Promise<ClientsReport>
  stop(): void
}

export function startClients(): Clients {
  const child = fork(path.join(import.meta.dirname, 'clients.ts'))
  return {
    async tell(command) {
      const answer = once(child, 'message') as Promise<[ClientsReport]>
      child.send(command)
      return (await answer)[0]
    },
    stop: () => void child.kill('SIGKILL'),
  }
}
