import { expect, it } from 'vitest'
import { newId } from '../ids.ts'
import { userCaller } from './support/toy.ts'
import { startToyHost } from './support/toy-host.ts'
import { declareToy } from './support/toy-subgraph.ts'

it('those who may do a lot in many places are answered over HTTP as well', async () => {
  const house = await startToyHost([declareToy()])
  const { port } = await house.host.serve('toy', 0)
  const permissions = Array.from({ length: 20 }, (_, at) => `toy:manage-${at}`)
  const scoped = Object.fromEntries(Array.from({ length: 100 }, () => [newId('prj'), permissions]))
  const grant = { role: 'OWNER', permissions, scoped }
  const token = await house.token(userCaller({ [newId('org')]: grant, [newId('org')]: grant }))
  expect(token.length).toBeGreaterThan(50_000)
  const { status } = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-guildhall-context': token },
    body: JSON.stringify({ query: '{ hello }' }),
  })
  expect(status).toBe(200)
  await house.close()
})
