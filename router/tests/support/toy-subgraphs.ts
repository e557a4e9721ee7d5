import { EventEmitter } from 'node:events'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { Caller, CallerVerifier } from '@guildhall/kit/caller'
import { Forbidden } from '@guildhall/kit/errors'
import { GraphQLError, type GraphQLSchema, parse } from 'graphql'
import { toyFeed, toyStreams } from './toy-streams.ts'

/** What the toys saw and how they misbehave; one per world. */
export interface ToyState {
  bus: EventEmitter
  /** Operations that reached a subgraph, as text. */
  fetches: { notes: string[]; people: string[] }
  representations: unknown[][]
  callers: Caller[]
  requestIds: (string | undefined)[]
  /** Further headers of each operation. */
  headers: Readonly<Record<string, unknown>>[]
  openStreams: number
  hangPeople: boolean
  renamed: string[]
}

export const createToyState = (): ToyState => ({
  bus: new EventEmitter().setMaxListeners(0),
  fetches: { notes: [], people: [] },
  representations: [],
  callers: [],
  requestIds: [],
  headers: [],
  openStreams: 0,
  hangPeople: false,
  renamed: [],
})

export interface ToyContext {
  caller: Caller
}

/** A subgraph to be served, whatever the transport. */
export interface Toy {
  name: 'notes' | 'people'
  typeDefs: string
  schema: GraphQLSchema
  /** Called with each operation before it is executed. */
  contextFor(request: ToyRequest): Promise<ToyContext>
}

export interface ToyRequest {
  query: string
  context: string | undefined
  requestId: string | undefined
  headers?: Readonly<Record<string, unknown>> | undefined
  variables: Record<string, unknown> | undefined
}

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`

const notesTypeDefs = /* GraphQL */ `
  ${link('"@key", "@authenticated", "@requiresScopes", "@policy", "@tag", "@composeDirective"')}
    @link(url: "https://toys.test/cache/v1.0", import: ["@cacheControl"])
    @composeDirective(name: "@cacheControl")
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT
  enum CacheControlScope { PUBLIC PRIVATE }
  type Query {
    notes(count: Int! = 3): [Note!]!
    note: Note @tag(name: "small")
    named(name: String!): Note
    subjects: [Subject!]! @tag(name: "small")
    oneSubject: Subject @tag(name: "small")
    targets: [Target!]!
    vault: Vault @authenticated
    ledger: Ledger
    mood: Mood
  }
  type Mutation {
    addNote(title: String!): Note @tag(name: "small")
    burnNotes: Boolean @requiresScopes(scopes: [["notes:burn"]])
  }
  type Subscription {
    noteAdded(min: Int = 0): Note! @tag(name: "small")
    maybeNote: Note
    vaultOpened: Vault @authenticated
    refused: Note
    flood: Note
    noteFeed(after: ID): Note
    headline: Headline @cacheControl(maxAge: 0, scope: PUBLIC)
  }
  type Note {
    id: ID!
    title(upper: Boolean = false): String! @tag(name: "small")
    author: Person! @tag(name: "small")
    reader: Person
    readers: [Person!]!
    subject: Subject
    target: Target
    boom: String
    leak: String
    forbidden: String
    secret: String @requiresScopes(scopes: [["notes:read", "notes:secret"], ["admin"]])
    rated: String @policy(policies: [["adult"]])
  }
  type Headline { text: String! secret: String @requiresScopes(scopes: [["admin"]]) }
  interface Subject @tag(name: "small") { id: ID! label: String }
  type Task implements Subject @key(fields: "id") @tag(name: "small") { id: ID! label: String assignee: Person }
  type Report implements Subject @authenticated { id: ID! label: String severity: Int }
  union Target = Person | Task | Vault
  type Vault @authenticated { id: ID! gold: Int }
  type Ledger { entries: [Entry!]! }
  type Entry { amount: Amount id: ID! }
  scalar Amount @requiresScopes(scopes: [["ledger:read"]])
  enum Mood @authenticated { GOOD BAD }
  type Person @key(fields: "id") { id: ID! unread: Int! }
`

const peopleTypeDefs = /* GraphQL */ `
  ${link('"@key", "@authenticated", "@tag"')}
  type Query { me: Person people(count: Int! = 2): [Person!] broken: String }
  type Mutation { rename(id: ID!, name: String!): Person slowRename(id: ID!): Person }
  type Person @key(fields: "id") {
    id: ID!
    name: String @tag(name: "small")
    nick: String
    must: String!
    email: String @authenticated
    friend: Person
  }
  type Task @key(fields: "id") { id: ID! estimate: Int }
`

/** A note event or row with every relation set; tests overrule what they care about. */
export const note = (over: Record<string, unknown> = {}) => ({
  id: 'n1',
  title: 'hello',
  n: 5,
  author: { id: 'p1' },
  reader: { id: 'p2' },
  readers: [{ id: 'p3' }, { id: 'p4' }],
  subject: { __typename: 'Task', id: 't1', label: 'task one', assignee: { id: 'p5' } },
  target: { __typename: 'Person', id: 'p6' },
  ...over,
})

const leak = 'select * from secret_table at 10.1.2.3'

export function notesToy(state: ToyState, verify: CallerVerifier): Toy {
  const stream = toyStreams(state)
  const resolvers = {
    Query: {
      notes: (_: unknown, { count }: { count: number }) =>
        Array.from({ length: count }, (_unused, i) =>
          note({ id: `n${i}`, author: { id: `p${i % 3}` }, readers: [{ id: `p${i % 2}` }, { id: 'p9' }] }),
        ),
      note: () => note(),
      named: (_: unknown, { name }: { name: string }) => note({ id: name }),
      subjects: () => [note().subject, { __typename: 'Report', id: 'r1', label: 'report one', severity: 3 }],
      oneSubject: () => ({ __typename: 'Report', id: 'r1', label: 'report one', severity: 3 }),
      targets: () => [
        { __typename: 'Person', id: 'p1' },
        { __typename: 'Task', id: 't1' },
        { __typename: 'Vault', id: 'v1', gold: 7 },
      ],
      vault: () => ({ id: 'v1', gold: 7 }),
      ledger: () => ({ entries: [{ id: 'e1', amount: 5 }] }),
      mood: () => 'GOOD',
    },
    Mutation: {
      addNote: (_: unknown, { title }: { title: string }) => note({ title }),
      burnNotes: () => true,
    },
    Subscription: {
      noteAdded: {
        subscribe: (_: unknown, { min }: { min: number }) =>
          stream('note', 'noteAdded', (row) => row.n >= min)(),
      },
      maybeNote: { subscribe: stream('maybe', 'maybeNote') },
      vaultOpened: { subscribe: stream('vault', 'vaultOpened') },
      refused: {
        subscribe: () => {
          throw new Forbidden('Not your stream.')
        },
      },
      flood: { subscribe: stream('flood', 'flood') },
      headline: { subscribe: stream('headline', 'headline') },
      noteFeed: { subscribe: toyFeed(state) },
    },
    Note: {
      title: ({ title }: { title: string }, { upper }: { upper: boolean }) =>
        upper ? title.toUpperCase() : title,
      boom: () => {
        throw new GraphQLError('boom failed', { extensions: { code: 'TEAPOT', detail: leak } })
      },
      leak: () => {
        throw new Error(leak)
      },
      forbidden: () => {
        throw new Forbidden('Not for you.')
      },
      secret: () => 's3cret',
      rated: () => 'r18',
    },
    Subject: { __resolveType: (row: { __typename: string }) => row.__typename },
    Target: { __resolveType: (row: { __typename: string }) => row.__typename },
    Task: { __resolveReference: (row: object) => ({ ...row, label: 'by reference' }) },
    Person: { __resolveReference: (row: object) => row, unread: ({ id }: { id: string }) => id.length },
  }
  return toy('notes', notesTypeDefs, resolvers, state, verify)
}

export function peopleToy(state: ToyState, verify: CallerVerifier): Toy {
  const person = (id: string) =>
    id === 'gone'
      ? null
      : { id, name: `Person ${id}`, nick: null, must: id === 'p13' ? null : 'ok', email: `${id}@x.org` }
  const resolvers = {
    Query: {
      me: (_: unknown, __: unknown, { caller }: ToyContext) =>
        caller.kind === 'user' ? person(caller.userId) : null,
      people: (_: unknown, { count }: { count: number }) =>
        Array.from({ length: count }, (_unused, i) => ({ ...person(`p${i}`), friend: person('p7') })),
      broken: () => {
        throw new Error(leak)
      },
    },
    Mutation: {
      rename: (_: unknown, { id, name }: { id: string; name: string }) => {
        state.renamed.push(id)
        return { ...person(id), name }
      },
      slowRename: async (_: unknown, { id }: { id: string }) => {
        await new Promise((resolve) => setTimeout(resolve, 300))
        state.renamed.push(id)
        return person(id)
      },
    },
    Person: {
      __resolveReference: async ({ id }: { id: string }) => {
        if (id === 'p666') throw new Error(leak)
        return person(id)
      },
    },
    Task: { __resolveReference: async ({ id }: { id: string }) => ({ id, estimate: id.length }) },
  }
  return toy('people', peopleTypeDefs, resolvers, state, verify)
}

function toy(
  name: Toy['name'],
  typeDefs: string,
  resolvers: object,
  state: ToyState,
  verify: CallerVerifier,
): Toy {
  return {
    name,
    typeDefs,
    schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]),
    async contextFor({ query, context, requestId, headers, variables }) {
      const caller = await verify(context)
      state.fetches[name].push(query)
      state.callers.push(caller)
      state.requestIds.push(requestId)
      state.headers.push(headers ?? {})
      if (Array.isArray(variables?.representations)) state.representations.push(variables.representations)
      if (name === 'people' && state.hangPeople) await new Promise(() => {})
      return { caller }
    },
  }
}
