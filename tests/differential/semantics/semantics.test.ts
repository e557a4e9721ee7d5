import { describe, expect, it } from 'vitest'
import { compose } from '../../../bench/supergraph/compose.ts'
import { type Contender, ourRouter, plainGateway } from '../contenders.ts'
import { abstractTypes } from './abstract-types.ts'
import type { Ask } from './case.ts'
import { interfaceObjects } from './interface-objects.ts'
import { keys } from './keys.ts'
import { provides } from './provides.ts'
import { requires } from './requires.ts'
import { rootsAndInputs } from './roots-and-inputs.ts'

const cases = [...requires, ...provides, ...keys, ...abstractTypes, ...interfaceObjects, ...rootsAndInputs]

// The plain gateway is asked too: what it gets right must not be lost, and what is expected here is what federation means.
describe.each(['plain gateway', 'router in-process', 'router over HTTP'] as const)(
  'the %s answers',
  (who) => {
    it.each(cases)('$title', async ({ subgraphs, asks }) => {
      const supergraph = compose(subgraphs)
      const contender =
        who === 'plain gateway'
          ? await plainGateway(supergraph, subgraphs)
          : await ourRouter(supergraph, subgraphs, who === 'router over HTTP' ? 'http' : 'in-process')
      try {
        for (const ask of asks) expect(await answerOf(contender, ask)).toEqual(expectedOf(ask))
      } finally {
        await contender.close()
      }
    })
  },
)

const expectedOf = ({ query, data, errors = [] }: Ask) => ({
  query,
  data: JSON.stringify(data),
  errors: errors.map((path) => path.join('/')).sort(),
})

/** With the data as text: the order of fields is part of an answer. */
async function answerOf(contender: Contender, { query, variables = {} }: Ask) {
  const { data, errors = [] } = await contender.answer({ query, variables })
  return {
    query,
    data: JSON.stringify(data),
    errors: errors.map(({ path = [] }) => path.join('/')).sort(),
  }
}
