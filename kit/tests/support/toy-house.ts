import { afterEach, beforeEach } from 'vitest'
import type { TransportConfig } from '../../events/create-transport.ts'
import { broker, removeStream, streamOf } from './broker.ts'
import { createToy, type Toy } from './toy.ts'
import { openProcess, type ToyProcess } from './toy-process.ts'

/** A toy for each test of a file or group, and processes on it that end with the test. */
export interface ToyHouse {
  readonly toy: Toy
  /** A process that relays; `consume` makes it hear as well. Default: over the transport of the house. */
  start(carrier?: TransportConfig): Promise<ToyProcess>
  /** The same, and it hears both events. */
  startHearing(carrier?: TransportConfig): Promise<ToyProcess>
  /** Ends every process before the test is over. */
  end(): Promise<void>
}

/** @param transport what carries events unless a process is told otherwise; with `nats` tests need the {@link broker}. */
export function toyHouse(transport: TransportConfig['EVENT_TRANSPORT'] = 'postgres'): ToyHouse {
  let toy: Toy | undefined
  const running: ToyProcess[] = []
  const end = async () => {
    await Promise.all(running.splice(0).map((process) => process.close()))
  }
  beforeEach(async () => {
    toy = await createToy()
  })
  afterEach(async () => {
    await end()
    if (toy && broker && transport === 'nats') await removeStream(broker, streamOf(toy))
    await toy?.close()
  })
  const house: ToyHouse = {
    get toy() {
      if (!toy) throw new Error('there is a toy within tests only')
      return toy
    },
    async start(
      carrier = { EVENT_TRANSPORT: transport, NATS_URL: broker, NATS_STREAM: streamOf(house.toy) },
    ) {
      const process = await openProcess(house.toy, carrier)
      running.push(process)
      return process
    },
    async startHearing(carrier) {
      const process = await house.start(carrier)
      await process.consume()
      return process
    },
    end,
  }
  return house
}
