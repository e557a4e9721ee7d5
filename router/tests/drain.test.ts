import { expect, it } from 'vitest'
import { startWorld } from './support/world.ts'

it('is unready at once when it is to stop, takes requests for a while, and then closes', async () => {
  const drainDelayMs = 400
  const world = await startWorld('in-process', { drainDelayMs })
  const readiness = async () => (await fetch(`${world.url}/health/ready`)).status
  expect(await readiness()).toBe(200)

  const startedAt = performance.now()
  const closed = world.close()
  expect(await readiness()).toBe(503)
  expect((await world.post('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } })
  await closed
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(drainDelayMs)
  await expect(fetch(`${world.url}/health/ready`)).rejects.toThrow('fetch failed')
})
