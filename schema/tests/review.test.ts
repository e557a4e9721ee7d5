import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { breakingProblems, hintProblems } from '../compose/review.ts'

const base = '"All" type Query { "One" user(id: ID!): String "Two" users: [String!] "Three" key: ID }'

describe('a breaking change of the API', () => {
  it('is found: a field that is gone', () => {
    const without = base.replace('"Two" users: [String!]', '')
    expect(breakingProblems(base, without, [])).toEqual([
      expect.stringContaining('FIELD_REMOVED: Query.users was removed.'),
    ])
  })

  it('is found: an argument that must be given', () => {
    const asking = base.replace('(id: ID!)', '(id: ID!, at: Int!)')
    expect(breakingProblems(base, asking, [])).toEqual([
      expect.stringContaining('REQUIRED_ARG_ADDED: A required arg at on Query.user was added.'),
    ])
  })

  it('passes once it is on the reviewed list, and nothing else does', () => {
    const changed = base.replace('"Two" users: [String!]', '').replace('(id: ID!)', '(id: String!)')
    const allowed = { type: 'FIELD_REMOVED', description: 'Query.users was removed.', why: 'never used' }
    expect(breakingProblems(base, changed, [allowed])).toEqual([expect.stringContaining('ARG_CHANGED_KIND')])
  })

  it('is not what only adds', () => {
    const grown = base.replace('(id: ID!)', '(id: ID!, at: Int)').replace('users:', 'names: [String!] users:')
    expect(breakingProblems(base, grown, [])).toEqual([])
  })
})

describe('a warning of the composition', () => {
  const { hints = [] } = composeServices(
    ['for people', 'for programs'].map((description, index) => ({
      name: `s${index}`,
      url: '',
      typeDefs: parse(`
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@shareable"])
        type Query { "${description}" name: String @shareable }`),
    })),
  )
  const reviewed = { code: 'INCONSISTENT_DESCRIPTION', coordinate: 'Query.name', why: 'both are right' }

  it('is refused', () => {
    expect(hintProblems(hints, [])).toEqual([
      expect.stringContaining('INCONSISTENT_DESCRIPTION at Query.name:'),
    ])
  })

  it('passes once it is on the reviewed list', () => {
    expect(hintProblems(hints, [reviewed])).toEqual([])
  })

  it('leaves the list when it is gone', () => {
    expect(hintProblems([], [reviewed])).toEqual([
      'INCONSISTENT_DESCRIPTION at Query.name is no longer there: remove it from schema/hints-allow.json.',
    ])
  })
})
