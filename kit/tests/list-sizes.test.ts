import { parse, print } from 'graphql'
import { expect, it } from 'vitest'
import { withListSizes } from '../list-sizes.ts'

const sized = (sdl: string) => print(withListSizes(parse(sdl))).replace(/\s+/g, ' ')

it('pages say that "first" decides how many items they hold', () => {
  expect(sized('type Query { events(first: Int = 20, after: String): EventConnection! @public }')).toBe(
    'type Query { events(first: Int = 20, after: String): EventConnection! @public @listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"]) }',
  )
})

it('payloads have one user error, as a rule', () => {
  expect(sized('type Payload { event: Event userErrors: [UserError!]! }')).toBe(
    'type Payload { event: Event userErrors: [UserError!]! @listSize(assumedSize: 1) }',
  )
})

it('what a domain says itself stays, and what is no page stays without', () => {
  for (const sdl of [
    'type Query { events(first: Int = 20): EventConnection @listSize(assumedSize: 3) }',
    'type Query { top(first: Int): [Event!]! all: EventConnection }',
    'interface EventConnection { nodes: [Event!]! }',
  ]) {
    expect(sized(sdl)).toBe(print(parse(sdl)).replace(/\s+/g, ' '))
  }
})
