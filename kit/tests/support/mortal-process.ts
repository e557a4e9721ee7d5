// A process of the toy house that can be told to die at a named step: argv holds a Mortality as JSON. Its parent sends
// commands and gets an acknowledgement for each; a command that is sent again has its effect once.
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { systemClock } from '../../clock.ts'
import { openDatabase } from '../../database.ts'
import { startConsumer } from '../../events/consumer.ts'
import { reactTo, type Transport } from '../../events/envelope.ts'
import { done } from '../../outcome.ts'
import type { Command, Mortality, Step } from './mortal-steps.ts'
import { boxes, boxMade, boxRow, contextIn, toyRuntime } from './toy-domain.ts'
import { openProcess } from './toy-process.ts'

const { url, carrier, consumes, dies } = JSON.parse(process.argv[2] ?? '{}') as Mortality
let passings = 0

/** Killed as by the kernel: nothing is flushed, nothing is let go of. */
async function pass(step: Step): Promise<void> {
  if (dies?.at !== step || ++passings < dies.passing) return
  process.kill(process.pid, 'SIGKILL')
  await pause(60_000)
}

const runtime = toyRuntime(openDatabase(url), systemClock)
const toy = await openProcess({ url, runtime }, carrier, async () => pass('after the hand-over'))
const mortal: Transport = {
  ...toy.transport,
  consume: (name, eventNames, handle) =>
    toy.transport.consume(name, eventNames, async (envelopes) => {
      const handled = await handle(envelopes)
      await pass("after the effect's commit")
      return handled
    }),
}
const write = reactTo(boxMade, {
  async apply(tx, { payload }) {
    await tx.execute(
      sql`insert into toy.seen (consumer, aggregate, no) values ('toy', ${payload.boxId}, ${payload.no})`,
    )
    await pass("before the effect's commit")
  },
  isLocal: true,
})
if (consumes) await startConsumer(toy.runtime, [write], mortal)

const clerk = contextIn(toy.runtime, { kind: 'service', service: 'toy' })
process.on('message', async ({ aggregate, no }: Command) => {
  const key = `${aggregate} ${no}`
  await clerk.transaction(
    'make',
    async (tx) => {
      await tx.insert(boxes).values(boxRow(key))
      await tx.emit(boxMade, { boxId: aggregate, no })
      await pass('before the commit')
      return done(null)
    },
    {},
    { idempotencyKey: key },
  )
  await pass('after the commit')
  process.send?.(key)
})
process.send?.('ready')
