import { setTimeout as pause } from 'node:timers/promises'
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import type postgres from 'postgres'
import type { Log } from '../log.ts'
import type { Envelope } from './envelope.ts'
import type { EventStream } from './jetstream.ts'
import { openReadPosition, type ReadPosition } from './read-position.ts'

const batchSize = 200
/** How soon another process notices that it is its turn; also the rhythm in which the turn is kept. */
const turnMs = 5_000
const retryMs = 1_000

/** Brings what a consumer wants from the stream into its mailbox. */
export interface StreamReader {
  /** Resolves when everything up to a number of the stream is in the mailbox. */
  until(seq: number): Promise<void>
  seq(): Promise<number>
  stop(): Promise<void>
}

/**
 * Starts to read. Of several processes with the same consumer one reads, the others wait for its lease to end: that
 * keeps the order. A fault ends the reading, and it begins again at the position.
 *
 * @param deposited called after events were put into the mailbox.
 */
export function startStreamReader(options: {
  sql: postgres.Sql
  stream: EventStream
  /** Its name. */
  consumer: string
  log: Log
  deposited(): void
}): StreamReader {
  const { sql, stream, consumer, log } = options
  const stopping = new AbortController()
  const opening = openReadPosition(sql, consumer)
  let messages: ConsumerMessages | undefined

  const readOn = async (position: ReadPosition): Promise<void> => {
    const { made } = await stream.state()
    const from = await position.take(made)
    if (from === null) return void (await sleep(turnMs))
    messages = await stream.readFrom(from + 1)
    if (stopping.signal.aborted) return
    const stopListening = stream.onReconnect(() => messages?.stop())
    const keep = setInterval(() => {
      position.take(made).then(
        (mine) => mine === null && messages?.stop(),
        (error: unknown) => messages?.stop(error as Error),
      )
    }, turnMs)
    try {
      let batch: JsMsg[] = []
      for await (const message of messages) {
        batch.push(message)
        // What the server says is sure to come; what the client counts as pending may have come already.
        if (message.info.pending > 0 && batch.length < batchSize) continue
        const put = await position.advance(
          message.seq,
          batch.map((one) => one.json<Envelope>()),
        )
        if (put === null) return
        if (put > 0) options.deposited()
        batch = []
      }
    } finally {
      clearInterval(keep)
      stopListening()
      messages.stop()
    }
  }

  const sleep = (ms: number) => pause(ms, undefined, { signal: stopping.signal }).catch(() => {})
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await readOn(await opening)
      } catch (error) {
        if (stopping.signal.aborted) return
        log.error({ err: error, consumer }, 'events cannot be read from the broker')
        await sleep(retryMs)
      }
    }
  })()

  return {
    async until(seq) {
      while ((await (await opening).seq()) < seq && !stopping.signal.aborted) await sleep(10)
    },
    seq: async () => (await opening).seq(),
    async stop() {
      stopping.abort()
      messages?.stop()
      await running
      await (await opening).release()
    },
  }
}
