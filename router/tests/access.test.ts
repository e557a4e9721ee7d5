import { buildSchema, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filterOperation } from '../access/auth-filter.ts'
import { meets } from '../access/auth-index.ts'
import { startWorld, type World } from './support/world.ts'

describe('access directives', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process')
  })
  afterAll(() => world.close())

  /** Data and the places of what was removed, for a caller with these permissions (none: anonymous). */
  async function ask(query: string, permissions?: string[]) {
    world.state.fetches.notes.length = 0
    world.state.fetches.people.length = 0
    const token =
      permissions && world.identity.login(`usr_${permissions.join('_') || 'plain'}`, permissions).token
    const { status, body } = await world.post(query, token ? { token } : {})
    expect(status).toBe(200)
    const denied = (body.errors ?? []).map(({ message, path, extensions }) => {
      expect([message, extensions.code]).toEqual(['Unauthorized field or type', 'UNAUTHORIZED_FIELD_OR_TYPE'])
      return path.join('.')
    })
    return { data: body.data, denied, fetches: world.state.fetches }
  }

  it('@requiresScopes: all of one inner list', async () => {
    const query = '{ note { id secret } }'
    const nothing = { data: { note: { id: 'n1', secret: null } }, denied: ['note.secret'] }
    const everything = { data: { note: { id: 'n1', secret: 's3cret' } }, denied: [] }
    expect(await ask(query)).toMatchObject(nothing)
    expect(await ask(query, [])).toMatchObject(nothing)
    expect(await ask(query, ['notes:read'])).toMatchObject(nothing)
    expect(await ask(query, ['notes:read', 'notes:secret'])).toMatchObject(everything)
    expect(await ask(query, ['admin', 'unrelated'])).toMatchObject(everything)
    // The plan of one caller never serves another.
    expect(await ask(query, ['notes:secret'])).toMatchObject(nothing)
  })

  it('@policy: denied while nobody evaluates it', async () => {
    expect(await ask('{ note { rated } }', ['adult'])).toMatchObject({ data: null, denied: ['note.rated'] })
  })

  it('judges the type that a field returns: objects, scalars, enums', async () => {
    expect(await ask('{ note { id } ledger { entries { amount id } } mood vault { gold } }')).toMatchObject({
      data: {
        note: { id: 'n1' },
        ledger: { entries: [{ amount: null, id: 'e1' }] },
        mood: null,
        vault: null,
      },
      denied: ['ledger.entries.@.amount', 'mood', 'vault'],
    })
    expect(await ask('{ ledger { entries { amount } } mood vault { gold } }', ['ledger:read'])).toMatchObject(
      {
        data: { ledger: { entries: [{ amount: 5 }] }, mood: 'GOOD', vault: { gold: 7 } },
        denied: [],
      },
    )
  })

  it('judges union members by their fragments', async () => {
    const query = '{ targets { __typename ... on Task { id } ... on Vault { gold } } }'
    expect(await ask(query)).toMatchObject({
      data: {
        targets: [{ __typename: 'Person' }, { __typename: 'Task', id: 't1' }, { __typename: 'Vault' }],
      },
      denied: ['targets.@.... on Vault'],
    })
    expect(await ask(query, [])).toMatchObject({ data: { targets: [{}, {}, { gold: 7 }] }, denied: [] })
  })

  it('judges plain fields of an interface by all that implement it, typed fragments by themselves', async () => {
    expect(await ask('{ note { id } subjects { id label } }')).toMatchObject({
      data: null,
      denied: ['subjects.@'],
    })
    const typed = '{ subjects { __typename ... on Task { label } ... on Report { severity } } }'
    expect(await ask(typed)).toMatchObject({
      data: { subjects: [{ __typename: 'Task', label: 'task one' }, { __typename: 'Report' }] },
      denied: ['subjects.@.... on Report'],
    })
    // A fragment on the interface itself is no way around.
    expect(await ask('{ subjects { __typename ... on Subject { label } } }')).toMatchObject({
      data: { subjects: [{ __typename: 'Task' }, { __typename: 'Report' }] },
      denied: ['subjects.@.... on Subject.label'],
    })
    expect(await ask('{ subjects { id label } }', [])).toMatchObject({
      data: { subjects: [{ id: 't1' }, { id: 'r1', label: 'report one' }] },
      denied: [],
    })
  })

  it('follows fragments in fragments and aliases', async () => {
    const query = `{ a: note { ...A } b: note { ...A } }
      fragment A on Note { ...B id } fragment B on Note { hidden: secret ... { rated } }`
    expect(await ask(query)).toMatchObject({
      data: { a: { id: 'n1', hidden: null, rated: null }, b: { id: 'n1', hidden: null, rated: null } },
      denied: ['a', 'b'].flatMap((alias) => [
        `${alias}.... on Note.... on Note.hidden`,
        `${alias}.... on Note.... on Note.....rated`,
      ]),
    })
  })

  it('asks no subgraph for what was removed', async () => {
    const all = await ask('{ vault { gold } }')
    expect(all).toMatchObject({ data: null, denied: ['vault'], fetches: { notes: [], people: [] } })
    const { fetches } = await ask('{ note { id reader { email } } }')
    expect(fetches.people).toEqual([])
    expect(fetches.notes).toHaveLength(1)
  })

  it('removes the variables that only removed fields used', async () => {
    const query =
      'query Q($up: Boolean!, $in: Boolean!) { note { title(upper: $up) secret @include(if: $in) } }'
    const { body } = await world.post(query, { variables: { up: true, in: true } })
    expect(body.data).toEqual({ note: { title: 'HELLO', secret: null } })
  })

  it('runs no mutation that the caller may not ask for', async () => {
    expect(await ask('mutation { burnNotes }', ['notes:read'])).toMatchObject({
      data: null,
      denied: ['burnNotes'],
      fetches: { notes: [] },
    })
    expect(await ask('mutation { burnNotes addNote(title: "x") { title } }')).toMatchObject({
      data: { burnNotes: null, addNote: { title: 'x' } },
      denied: ['burnNotes'],
    })
  })
})

describe('filterOperation', () => {
  const requirement = { authenticated: true, scopes: [], policies: [] }
  const filter = (
    sdl: string,
    query: string,
    index: Record<string, typeof requirement>,
    asked: () => void = () => {},
  ) => {
    const document = parse(query)
    const operation = document.definitions.find((node) => node.kind === 'OperationDefinition')
    if (!operation) throw new Error('no operation')
    return filterOperation({
      schema: buildSchema(sdl),
      index: new Map(Object.entries(index)),
      document,
      operation,
      allows: () => {
        asked()
        return false
      },
    })
  }

  it('denies the whole operation with its root type', () => {
    expect(filter('type Query { a: Int }', '{ a }', { Query: requirement })).toEqual({
      document: null,
      denied: [[]],
    })
  })

  it('gives back the same document when nothing is denied', () => {
    const document = filter('type Query { a: Int }', '{ a }', {})
    expect(document.denied).toEqual([])
  })

  it('takes linear time for fragments that double at each step', () => {
    const steps = Array.from(
      { length: 40 },
      (_, i) => `fragment F${i} on Query { ...F${i + 1} me { ...M } ...F${i + 1} }`,
    )
    const query = `{ ...F0 } ${steps.join(' ')} fragment F40 on Query { a } fragment M on Query { a b }`
    let asked = 0
    const { denied } = filter(
      'type Query { a: Int b: Int me: Query }',
      query,
      { 'Query.a': requirement },
      () => {
        asked += 1
      },
    )
    expect(denied).toHaveLength(100)
    // Twice as often at each step it would be 2^40.
    expect(asked).toBeLessThan(200)
  })

  it('takes an empty list of alternatives for no requirement', () => {
    const grants = { authenticated: false, scopes: new Set<string>(), policies: new Set<string>() }
    expect(meets({ authenticated: false, scopes: [], policies: [] }, grants)).toBe(true)
    expect(meets({ authenticated: false, scopes: [[]], policies: [['p']] }, grants)).toBe(false)
    expect(meets({ authenticated: false, scopes: [['a'], []], policies: [] }, grants)).toBe(true)
  })
})
