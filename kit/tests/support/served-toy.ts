import { afterAll, beforeAll, beforeEach } from 'vitest'
import { startToyHost, type ToyHost } from './toy-host.ts'
import { declareToy } from './toy-subgraph.ts'

/** The toy as a service, for all tests of a file; its log begins anew with each. */
export interface ServedToy {
  readonly house: ToyHost
  /** Of its GraphQL endpoint. */
  readonly url: string
}

export function servedToy(): ServedToy {
  let served: ServedToy | undefined
  const there = (): ServedToy => {
    if (!served) throw new Error('it is served within tests only')
    return served
  }
  beforeAll(async () => {
    const house = await startToyHost([declareToy()])
    const { port } = await house.host.serve('toy', 0)
    served = { house, url: `http://127.0.0.1:${port}/graphql` }
  })
  beforeEach(() => void there().house.lines.splice(0))
  afterAll(() => served?.house.close())
  return {
    get house() {
      return there().house
    },
    get url() {
      return there().url
    },
  }
}
