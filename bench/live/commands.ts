import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** What the process of the clients is told. */
export type ClientsCommand =
  | { do: 'open'; url: string; count: number; query: string; distinct: boolean }
  | { do: 'forget' }
  /** So many read no more. */
  | { do: 'pause'; count: number }
  | { do: 'receive'; count: number }
  | { do: 'close' }

/** What it answers: events received since it was told to forget, and milliseconds from their beginning to a client. */
export interface ClientsReport {
  received: number
  /** Those that were errors. */
  failed: number
  p50: number
  p99: number
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
