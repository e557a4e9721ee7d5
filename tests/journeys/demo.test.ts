import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { seedDemoData } from '../../scripts/demo/seed.ts'
import { demoLogin } from '../../scripts/demo/world.ts'
import { type Client, createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'

let house: RunningHouse
let ada: Client
beforeAll(async () => {
  house = await openTestHouse()
  await seedDemoData(house.url, house.databaseUrl, () => {})
  ada = createTestClient(house.url)
  const { tokens } = await ada.mutate<{ tokens: { accessToken: string } }>(
    'login',
    demoLogin,
    'tokens { accessToken }',
  )
  ada.accessToken = tokens.accessToken
}, 120_000)
afterAll(() => house?.close())

interface Seen {
  events: {
    nodes: { title: string; announcements: { nodes: { subject: string; status: string }[] } | null }[]
  }
}

it('the demo world has an announcement that is written, one that waits for its time, and one that is sent', async () => {
  await vi.waitFor(async () => {
    const { data } = await ada.request<Seen>(
      '{ events { nodes { title announcements { nodes { subject status } } } } }',
    )
    const hackathon = data.events.nodes.find(({ title }) => title === 'Open City Hackathon')
    expect(hackathon?.announcements?.nodes).toEqual([
      { subject: 'A few more seats', status: 'DRAFT' },
      { subject: 'Tomorrow at nine', status: 'SCHEDULED' },
      { subject: 'Bring your laptop', status: 'SENT' },
    ])
  }, 30_000)
})
