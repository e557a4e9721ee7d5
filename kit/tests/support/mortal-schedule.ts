// A process that takes a schedule's run and never ends it: argv holds the address of the toy's database.
import { systemClock } from '../../clock.ts'
import { openDatabase } from '../../database.ts'
import { createLog } from '../../log.ts'
import { startSchedules } from '../../schedules.ts'
import { contextIn, toyRuntime } from './toy-domain.ts'

const runtime = toyRuntime(openDatabase(process.argv[2] ?? ''), systemClock)
const run = async () => {
  process.send?.('runs')
  await new Promise(() => {})
}
startSchedules(
  [
    {
      definition: { domain: 'toy', schedules: [{ name: 'sweep', everySeconds: 600, run }] },
      runtime,
      scheduleContext: () => contextIn(runtime),
    },
  ],
  createLog('silent'),
)
setInterval(() => {}, 1_000)
