import { readFileSync } from 'node:fs'
import path from 'node:path'
import { getOperationAST, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedDemoData } from '../../scripts/demo/seed.ts'
import { type Client, createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'

const readme = readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8')
const operations = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

interface Login {
  login: { tokens: { accessToken: string } }
}

describe('the README', () => {
  let house: RunningHouse
  let ada: Client

  beforeAll(async () => {
    house = await openTestHouse()
    await seedDemoData(house.url, house.databaseUrl, () => {})
    const login = operations.find((operation) => operation.startsWith('mutation'))
    ada = createTestClient(house.url)
    const { data } = await ada.request<Login>(login ?? '')
    ada.accessToken = data.login.tokens.accessToken
  })
  afterAll(() => house?.close())

  it('has five queries to paste', () => {
    expect(operations).toHaveLength(5)
  })

  it.each(operations.filter((operation) => getOperationAST(parse(operation))?.operation !== 'subscription'))(
    'shows a query that answers whole: %s',
    async (query) => {
      const { status, data, errors } = await ada.request(query)
      expect([status, errors]).toEqual([200, []])
      expect(Object.values(data)).not.toContain(null)
    },
  )

  it('shows a live stream that opens', async () => {
    const subscription = operations.find((operation) => operation.startsWith('subscription')) ?? ''
    const stream = ada.stream<{ notificationStream: { kind: string; cursor: string } }>(subscription)
    const first = await stream.until(() => true)
    expect(first.notificationStream).toMatchObject({ kind: 'COUNTS', cursor: expect.any(String) })
    await stream.close()
  })
})
