import type { SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { type ExecutionResult, parse } from 'graphql'
import { inject } from 'vitest'
import {
  anonymous,
  type Caller,
  type CallerSigner,
  createCallerSigner,
  createCallerVerifier,
  servicesKeyId,
} from '../caller.ts'
import { type ManualClock, manualClock } from '../clock.ts'
import type { EventContract } from '../contract.ts'
import { loadContracts, loadDefinitions } from '../discover.ts'
import { type Host, startHost } from '../host.ts'
import { newId } from '../ids.ts'
import { makeKeyPair } from '../keys.ts'
import { createLog } from '../log.ts'
import type { MailMessage } from '../mail/message.ts'
import { cloneDatabase, dropDatabase } from '../postgres/test-cluster.ts'
import { createVault, type Vault } from '../vault.ts'
import type {} from './global-setup.ts'
import { recordingTransport } from './recording-transport.ts'
import { ownerOfRootField } from './root-field-owner.ts'

/** An entry of `userErrors` as {@link Person.mutate} selects it. */
export interface SeenError {
  __typename: string
  code: string
  message: string
  path: string[]
}

/** Somebody who calls the API: with a signed context, as the router would forward it. */
export interface Person {
  /** Empty for callers that are nobody. */
  userId: string
  caller: Caller
  /** Runs an operation in the subgraph that owns its first root field. */
  run<Data = Record<string, never>>(document: string, variables?: object): Promise<Answer<Data>>
  /** Runs a mutation with its one `input` and gives its payload; throws when the answer holds a thrown error. */
  mutate<Payload = Record<string, never>>(
    mutation: string,
    input: object,
    selection: string,
  ): Promise<Payload & { userErrors: SeenError[] }>
  /** One entity through a subgraph's reference resolver, as the router would fetch it. */
  entity<Entity = Record<string, never>>(
    domain: string,
    typename: string,
    id: string,
    selection: string,
  ): Promise<Entity | null>
  /** Opens a subscription in the subgraph that owns it. */
  subscribe(document: string, variables?: object): AsyncIterableIterator<ExecutionResult>
}

export interface Answer<Data> {
  data: Data
  errors: { code: string; message: string; path: readonly (string | number)[] }[]
}

/** An organization that exists only as grants in its members' contexts; the domains need no more of it. */
export interface TestOrganization {
  id: string
  /** A new person who holds what this built-in role holds. */
  as(role: string): Person
}

/** A house for one test file: own database, every domain in this process, real events, a clock that stands still. */
export interface World {
  clock: ManualClock
  vault: Vault
  host: Host
  databaseUrl: string
  signer: CallerSigner
  anonymous: Person
  service: Person
  person(): Person
  personWith(caller: Caller): Person
  organization(): TestOrganization
  /** Waits until every event so far has had its effects, and every mail that is due is sent. */
  settle(): Promise<void>
  rows<Table extends PgTable>(table: Table, where?: SQL): Promise<Table['$inferSelect'][]>
  /** Payloads of everything of this kind that was published, oldest first. */
  published<Payload>(event: EventContract<Payload>): Promise<Payload[]>
  /** Mails that were sent to this address, or to anybody, oldest first; settles before. */
  mails(to?: string): Promise<MailMessage[]>
  /** The SQL that `work` sent, in order; events of before are settled first. */
  statements(work: () => Promise<unknown>): Promise<string[]>
  close(): Promise<void>
}

/**
 * Starts a world; needs the global setup of `vitest.shared.ts`.
 *
 * @param domains which to start; default: all.
 */
export async function createWorld(domains?: readonly string[]): Promise<World> {
  const databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
  const [router, services] = [await makeKeyPair('router'), await makeKeyPair(servicesKeyId)]
  const signer = await createCallerSigner(router.privateJwk)
  const clock = manualClock()
  const vault = createVault({ current: 'the secret of a test world, long enough' })
  const mail = recordingTransport()
  const seen: string[] = []
  const definitions = await loadDefinitions(domains)
  const host = await startHost({
    definitions,
    databaseUrl,
    verify: await createCallerVerifier(router.publicJwk, services.publicJwk),
    signService: await createCallerSigner(services.privateJwk),
    log: createLog('silent'),
    clock,
    vault,
    mail,
    onStatement: (statement) => seen.push(statement),
  })
  const contracts = await loadContracts()
  const personWith = (caller: Caller) => createPerson(host, signer, caller)
  return {
    clock,
    vault,
    host,
    databaseUrl,
    signer,
    anonymous: personWith(anonymous),
    service: personWith({ kind: 'service', service: 'test' }),
    person: () => personWith(userWith({})),
    personWith,
    organization: () => {
      const id = newId('org')
      return {
        id,
        as: (role) => personWith(userWith({ [id]: { role, permissions: heldBy(contracts, role) } })),
      }
    },
    settle: () => host.settle(),
    rows: async (table, where) =>
      (await host.database.db
        .select()
        .from(table as PgTable)
        .where(where)) as never,
    published: async (event) => {
      const domain = event.name.slice(0, event.name.indexOf('.'))
      const rows = await host.database.sql`
        select payload from ${host.database.sql(`${domain}.outbox`)} where name = ${event.name} order by seq`
      return rows.map((row) => row.payload)
    },
    mails: async (to) => {
      await host.settle()
      return mail.sent().filter((message) => to === undefined || message.to === to)
    },
    statements: async (work) => {
      // What reactions still have to do would be counted with it.
      await host.settle()
      const from = seen.length
      await work()
      return seen.slice(from)
    },
    close: async () => {
      await host.close()
      await dropDatabase(databaseUrl)
    },
  }
}

const userWith = (grants: Extract<Caller, { kind: 'user' }>['grants']): Caller => ({
  kind: 'user',
  userId: newId('usr'),
  sessionId: newId('ses'),
  platformRoles: [],
  grants,
  steppedUpUntilMs: Date.UTC(2100, 0),
})

const heldBy = (contracts: Awaited<ReturnType<typeof loadContracts>>, role: string): string[] =>
  contracts.flatMap(({ permissions }) =>
    Object.entries(permissions)
      .filter(([, permission]) => permission.heldBy.includes(role))
      .map(([name]) => name),
  )

function createPerson(host: Host, signer: CallerSigner, caller: Caller): Person {
  const owner = (document: string) => ownerOfRootField(host, parse(document))
  const run: Person['run'] = async <Data>(query: string, variables = {}) => {
    const result = await owner(query).execute({
      query,
      variables: { ...variables },
      context: await signer(caller),
    })
    return answerOf<Data>(result)
  }
  return {
    userId: caller.kind === 'user' ? caller.userId : '',
    caller,
    run,
    async mutate<Payload>(mutation: string, input: object, selection: string) {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
      const { data, errors } = await run<Record<string, Payload & { userErrors: SeenError[] }>>(
        `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} userErrors { __typename code message path } } }`,
        { input },
      )
      const payload = data?.[mutation]
      if (errors.length > 0 || !payload) throw new Error(`${mutation}: ${JSON.stringify(errors)}`)
      return payload
    },
    async entity<Entity>(domain: string, typename: string, id: string, selection: string) {
      const upstream = host.upstreams[domain]
      if (!upstream) throw new Error(`no domain ${domain}`)
      const result = await upstream.execute({
        query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { ${selection} } } }`,
        variables: { r: [{ __typename: typename, id }] },
        context: await signer(caller),
      })
      return answerOf<{ _entities: (Entity | null)[] }>(result).data?._entities[0] ?? null
    },
    subscribe: (query, variables = {}) => {
      const opening = signer(caller).then((context) =>
        owner(query).subscribe({ query, variables: { ...variables }, context }),
      )
      return {
        [Symbol.asyncIterator]() {
          return this
        },
        next: async () => (await opening).next(),
        return: async () => (await opening).return?.() ?? { done: true, value: undefined },
      }
    },
  }
}

/** Plain JSON, as a client would have it after the wire. */
function answerOf<Data>(result: ExecutionResult): Answer<Data> {
  return JSON.parse(
    JSON.stringify({
      data: result.data ?? null,
      errors: (result.errors ?? []).map((error) => ({
        code: error.extensions.code,
        message: error.message,
        path: error.path ?? [],
      })),
    }),
  )
}
