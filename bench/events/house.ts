import { randomUUID } from 'node:crypto'
import { createCallerSigner, createCallerVerifier, servicesKeyId } from '@guildhall/kit/caller'
import { loadDefinitions } from '@guildhall/kit/discover'
import type { TransportConfig } from '@guildhall/kit/events/create-transport'
import { type Host, startHost } from '@guildhall/kit/host'
import { newId } from '@guildhall/kit/ids'
import { makeKeyPair } from '@guildhall/kit/keys'
import { createLog } from '@guildhall/kit/log'
import { done } from '@guildhall/kit/outcome'
import { createVault } from '@guildhall/kit/vault'
import { type EventTerms, eventUpdated } from '../../subgraphs/events/contract.ts'

/** The domains whose events and reactions are measured: each event of `events` has an effect in two others. */
const domains = ['events', 'participants', 'projects']

/** These domains in this process, on the given database. */
export async function openEventHouse(
  databaseUrl: string,
  transport: TransportConfig,
  backgroundWork: boolean,
): Promise<Host> {
  const [router, services] = [await makeKeyPair('router'), await makeKeyPair(servicesKeyId)]
  return startHost({
    definitions: await loadDefinitions(domains),
    databaseUrl,
    verify: await createCallerVerifier(router.publicJwk, services.publicJwk),
    signService: await createCallerSigner(services.privateJwk),
    log: createLog('silent'),
    vault: createVault({ current: 'the secret of a house that is measured' }),
    mail: { send: async () => {}, close: async () => {} },
    transport,
    backgroundWork,
  })
}

/** So many objects whose events come in order. */
export const aggregates = (count: number): EventTerms[] =>
  Array.from({ length: count }, () => ({
    eventId: newId('evt'),
    organizationId: newId('org'),
    title: `Measured ${randomUUID()}`,
    slug: 'measured',
    kind: 'HACKATHON',
    status: 'PUBLISHED',
    visibility: 'PUBLIC',
    timezone: 'Europe/Zurich',
    startsAt: '2030-01-01T08:00:00.000Z',
    endsAt: '2030-01-02T08:00:00.000Z',
    venue: null,
    onlineUrl: null,
    registrationOpensAt: null,
    registrationClosesAt: null,
    capacity: 100,
    isWaitlistEnabled: true,
    approvalMode: 'AUTO',
    offerHours: 24,
    submissionDeadline: null,
    graceMinutes: 0,
    minTeamSize: 1,
    maxTeamSize: 5,
    tracks: [],
    prizes: [],
    version: 0,
  }))

/** One command that changes these objects, one event each. */
export async function change(host: Host, changed: readonly EventTerms[]): Promise<void> {
  const events = host.subgraphs.events
  if (!events) throw new Error('there are no events')
  await events.ownContext().transaction('change', async (tx) => {
    for (const terms of changed) {
      terms.version += 1
      await tx.emit(eventUpdated, { ...terms })
    }
    return done(null)
  })
}
