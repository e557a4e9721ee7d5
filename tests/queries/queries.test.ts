import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { prettyFormatQueryPlan, QueryPlanner } from '@apollo/query-planner'
import { createLog } from '@guildhall/kit/log'
import { cloneDatabase, dropDatabase } from '@guildhall/kit/postgres/test-cluster'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { seedDemoData } from '../../scripts/demo/seed.ts'
import { demoPassword, people } from '../../scripts/demo/world.ts'
import { type House, openHouse } from '../../scripts/house/open-house.ts'
import { readSupergraph } from '../../scripts/house/supergraph.ts'
import { type Client, createTestClient } from '../support/client.ts'
import { newPerson } from '../support/people.ts'
import { withoutChance } from './without-chance.ts'

const folder = import.meta.dirname
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => path.basename(file, '.graphql'))

/** Who asks: the one whose view shows most of it. */
const asks: Readonly<Record<string, keyof typeof people>> = { inbox: 'alan', 'my-overview': 'mary' }

describe('queries across subgraphs', () => {
  let house: House
  let databaseUrl: string
  let url: string
  const statements: string[] = []
  /** Query → statements that it cost. */
  const costs = new Map<string, number>()
  const supergraph = Supergraph.build(readSupergraph(), { validateSupergraph: false })
  const planner = new QueryPlanner(supergraph)

  beforeAll(async () => {
    databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
    house = await openHouse({
      databaseUrl,
      publicUrl: 'http://localhost:4000',
      production: false,
      log: createLog('silent'),
      onStatement: (statement) => statements.push(statement),
    })
    const { port } = await house.router.listen(0, '127.0.0.1')
    url = `http://127.0.0.1:${port}`
    await seedDemoData(url, databaseUrl, () => {})
    await house.host.settle()
  })
  afterAll(async () => {
    await house?.close()
    if (databaseUrl) await dropDatabase(databaseUrl)
  })

  const logIn = async (name: keyof typeof people): Promise<Client> => {
    const client = createTestClient(url)
    const { tokens } = await client.mutate<{ tokens: { accessToken: string } }>(
      'login',
      { email: people[name].email, password: demoPassword },
      'tokens { accessToken }',
    )
    client.accessToken = tokens.accessToken
    // Resolves the caller's principal, which is remembered and no part of the query's own cost.
    await client.request('{ me { id } }')
    // Others react to the login in their own time, which must not be this query's.
    await house.host.settle()
    return client
  }

  it.each(names)('%s: answer, plan and SQL are as they were', async (name) => {
    const query = readFileSync(path.join(folder, `${name}.graphql`), 'utf8')
    const client = await logIn(asks[name] ?? 'ada')
    statements.length = 0
    const { data, errors } = await client.request(query)
    const sent = statements.slice()
    expect(errors).toEqual([])
    const answer = `${JSON.stringify(withoutChance(data), null, 2)}\n`
    await expect(answer).toMatchFileSnapshot(`${name}.json`)
    const plan = planner.buildQueryPlan(operationFromDocument(supergraph.apiSchema(), parse(query)))
    await expect(`${prettyFormatQueryPlan(plan)}\n`).toMatchFileSnapshot(`${name}.plan`)
    // Fetches of one level run side by side, so the order in which they reach the database is no promise.
    await expect(`${sent.sort().join(';\n')};\n`).toMatchFileSnapshot(`${name}.sql`)
    costs.set(name, sent.length)
  })

  it('cost the same number of statements with three times the people', async () => {
    const ada = await logIn('ada')
    const { data } = await ada.request<{ events: { nodes: { id: string }[] } }>(
      '{ events(filter: { kind: [HACKATHON] }) { nodes { id } } }',
    )
    const eventId = data.events.nodes[0]?.id
    for (let number = 1; number <= 8; number++) {
      const guest = await newPerson(url, `Guest ${number}`)
      await guest.mutate('registerForEvent', { eventId }, 'registration { id }')
    }
    await house.host.settle()
    const now = new Map<string, number>()
    for (const name of names) {
      const client = await logIn(asks[name] ?? 'ada')
      statements.length = 0
      await client.request(readFileSync(path.join(folder, `${name}.graphql`), 'utf8'))
      now.set(name, statements.length)
    }
    expect(Object.fromEntries(now)).toEqual(Object.fromEntries(costs))
  })
})
