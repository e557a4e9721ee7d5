import type { Log } from '@guildhall/kit/log'
import { createClient } from 'redis'

const newClient = (url: string) =>
  createClient({
    url,
    // What cannot be asked now is decided without Redis, not later.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: 10_000,
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (attempts) => Math.min(100 * 2 ** attempts, 5_000),
    },
  })

export type RedisClient = ReturnType<typeof newClient>

/**
 * What several routers share. Nothing may depend on it: whoever asks says what to do without. Speaks the protocol that
 * Redis and Valkey have in common.
 */
export interface SharedRedis {
  readonly client: RedisClient
  /** Asks; when Redis is away, fails or does not answer at once, `otherwise` decides. */
  ask<T>(work: (client: RedisClient) => Promise<T>, otherwise: () => T | Promise<T>): Promise<T>
  /** False: every router decides for itself. */
  isUp(): boolean
  close(): Promise<void>
}

/** A request waits no longer than this for what is only an aid. */
const answerWithinMs = 250
/** How long a Redis that did not answer is not asked again. */
const restMs = 5_000

/** Connects in the background, again and again. */
export function connectRedis(url: string, log: Log): SharedRedis {
  const client = newClient(url)
  let restsUntil = 0
  let degraded = false
  const degrade = (error: unknown) => {
    if (!degraded) log.warn({ err: error }, 'redis is away: this router decides for itself (degraded)')
    degraded = true
  }
  const recover = () => {
    if (degraded) log.info('redis is back')
    degraded = false
  }
  const isUp = () => client.isReady && performance.now() >= restsUntil
  client.on('error', degrade)
  client.on('ready', recover)
  // Fails only if it is closed before it has ever connected.
  client.connect().catch(degrade)

  return {
    client,
    isUp,
    async ask(work, otherwise) {
      if (!isUp()) return otherwise()
      try {
        const answer = await inTime(work(client))
        recover()
        return answer
      } catch (error) {
        restsUntil = performance.now() + restMs
        degrade(error)
        return otherwise()
      }
    },
    async close() {
      if (client.isReady) await inTime(client.close()).catch(() => client.destroy())
      else if (client.isOpen) client.destroy()
    },
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), answerWithinMs)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
