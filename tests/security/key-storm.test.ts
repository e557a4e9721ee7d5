import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'
import { overHttp, overSocket } from './support/attempts.ts'
import { type PlantedKey, plantSigningKey, sign } from './support/forge.ts'

let house: RunningHouse
let key: PlantedKey
/** How often the house has read its verifying keys. */
let keyReads = 0

beforeAll(async () => {
  house = await openTestHouse({
    production: true,
    onStatement: (statement) => {
      if (/^select "public_jwk".* from "identity"\."signing_key"/.test(statement)) keyReads += 1
    },
  })
  key = await plantSigningKey(house.databaseUrl)
})
afterAll(() => house?.close())

it('a thousand tokens with made-up key ids cost one look at the keys, and good callers do not notice', async () => {
  const person = await newPerson(house.url, 'Ada')
  const good = person.accessToken ?? ''
  expect((await overHttp(house.url, good)).status).toBe(200)
  // The router asks again whenever its stream of changes comes up: once that has happened, it is quiet.
  await untilQuiet()
  const before = keyReads
  expect(before).toBeGreaterThan(0)

  const [head, body] = good.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  const claims = JSON.parse(body ?? '')
  const madeUp = (i: number) =>
    sign(key.privateKey, { ...JSON.parse(head ?? ''), kid: `made-up-${i}` }, claims)
  const storm = Promise.all(
    Array.from({ length: 1_000 }, async (_, i) => {
      const token = await madeUp(i)
      return i % 20 === 0
        ? (await overSocket(house.url, token)).status
        : (await overHttp(house.url, token)).status
    }),
  )
  let isOver = false
  const latenciesMs: number[] = []
  const meanwhile = (async () => {
    while (!isOver) {
      const sentAt = performance.now()
      expect((await overHttp(house.url, good)).status).toBe(200)
      latenciesMs.push(performance.now() - sentAt)
    }
  })()
  const statuses = await storm
  isOver = true
  await meanwhile
  expect(statuses.filter((status) => status === 401)).toHaveLength(950)
  expect(statuses.filter((status) => status === 4403)).toHaveLength(50)
  expect(keyReads - before).toBe(1)
  expect(latenciesMs.length).toBeGreaterThan(0)

  const after = performance.now()
  expect((await overHttp(house.url, good)).status).toBe(200)
  console.log(
    `good requests in the storm: ${latenciesMs.length}, median ${median(latenciesMs).toFixed(1)} ms; after it ${(performance.now() - after).toFixed(1)} ms`,
  )
}, 60_000)

/** Until the keys were not read for longer than any cooldown after the start. */
async function untilQuiet(): Promise<void> {
  const giveUpAt = performance.now() + 20_000
  let seen = keyReads
  let quietSince = performance.now()
  while (performance.now() - quietSince < 2_500) {
    if (performance.now() > giveUpAt) throw new Error('the keys are read again and again')
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (keyReads === seen) continue
    seen = keyReads
    quietSince = performance.now()
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
