import type { SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
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
import { createPerson, type Person } from './person.ts'
import { type RecordingPush, recordingPush } from './recording-push.ts'
import { type RecordingTransport, recordingTransport } from './recording-transport.ts'

export type { Answer, Person, SeenError } from './person.ts'

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
  /** How the mail server answers. */
  mail: RecordingTransport
  /** What was pushed to devices, and how the services answer. */
  push: RecordingPush
  /** The SQL that `work` sent, in order; events of before are settled first. */
  statements(work: () => Promise<unknown>): Promise<string[]>
  close(): Promise<void>
}

/** What worlds are sealed with, also for processes that tests start beside them. */
export const worldSecret = 'the secret of a test world, long enough'

/**
 * Starts a world; needs the global setup of `vitest.shared.ts`.
 *
 * @param domains which to start; default: all.
 * @param backgroundWork off where other processes do it.
 * @param log for tests that look at what is written to it.
 */
export async function createWorld(
  domains?: readonly string[],
  backgroundWork = true,
  log = createLog('silent'),
): Promise<World> {
  const databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
  const [router, services] = [await makeKeyPair('router'), await makeKeyPair(servicesKeyId)]
  const signer = await createCallerSigner(router.privateJwk)
  const clock = manualClock()
  const vault = createVault({ current: worldSecret })
  const mail = recordingTransport()
  const push = recordingPush()
  const seen: string[] = []
  const definitions = await loadDefinitions(domains)
  const host = await startHost({
    definitions,
    databaseUrl,
    verify: await createCallerVerifier(router.publicJwk, services.publicJwk),
    signService: await createCallerSigner(services.privateJwk),
    log,
    clock,
    vault,
    mail,
    push,
    backgroundWork,
    onStatement: (statement) => seen.push(statement),
  })
  const contracts = await loadContracts()
  const personWith = (caller: Caller) => createPerson(host, signer, caller)
  return {
    clock,
    vault,
    host,
    mail,
    push,
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
