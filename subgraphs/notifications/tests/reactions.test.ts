import {
  registrationRepeated,
  type SecurityEventKind,
  securityRecorded,
  userRegistered,
} from '@guildhall/identity/contract'
import type { EventContract } from '@guildhall/kit/contract'
import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { invitationCreated, membershipChanged } from '@guildhall/organizations/contract'
import {
  type RegistrationFacts,
  registrationCancelled,
  registrationConfirmed,
  registrationCreated,
  registrationOfferExpired,
  registrationOffered,
  registrationRejected,
  registrationWaitlisted,
  registrationWithdrawn,
} from '@guildhall/participants/contract'
import {
  type ProjectFacts,
  projectMemberJoined,
  projectMemberLeft,
  projectSubmitted,
  projectWithdrawn,
} from '@guildhall/projects/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { members } from '../tables.ts'
import { countsOf, inboxOf, publish } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const userId = newId('usr')
const [organizationId, eventId, registrationId, projectId] = [
  newId('org'),
  newId('evt'),
  newId('reg'),
  newId('prj'),
]
const actorId = newId('usr')

const facts: RegistrationFacts = {
  registrationId,
  eventId,
  eventTitle: 'Spring Hack',
  organizationId,
  userId,
  number: 1,
  status: 'CONFIRMED',
  partySize: 1,
  category: 'PARTICIPANT',
  version: 1,
  actorId,
}
const projectOf = (memberIds: string[]): ProjectFacts => ({
  projectId,
  projectTitle: 'Solar Kettle',
  eventId,
  organizationId,
  memberIds,
  status: 'SUBMITTED',
  stage: 'CHALLENGE',
  version: 1,
  trackIds: [],
  submittedAt: null,
  submission: null,
  collaboratorIds: [],
  seenBy: 'EVERYBODY',
  actorId,
})
const membership = { organizationId, organizationName: 'Acme', userId, actorId }
const project = projectOf([userId, actorId])

const aboutRegistration = { actorId, eventId, registrationId, subjectId: registrationId }
const aboutProject = { actorId, eventId, registrationId: null, subjectId: projectId }
const aboutOrganization = { actorId, subjectId: organizationId }

const caseOf = <Payload>(event: EventContract<Payload>, payload: Payload, told: object | null) => ({
  name: event.name,
  run: () => publish(world, event, payload),
  told,
})

const secured = (kind: SecurityEventKind, actor: string | null, told: object | null) => ({
  ...caseOf(securityRecorded, { userId, kind, actor, sessionId: newId('ses') }, told),
  name: `${kind} by ${actor === null ? 'nobody known' : actor === userId ? 'themselves' : 'another'}`,
})

describe('what people are told', () => {
  it.each([
    caseOf(
      userRegistered,
      { userId, displayName: 'Ada', locale: 'en', timezone: 'UTC', version: 1 },
      {
        type: 'account.welcome',
        category: 'ACCOUNT',
        title: 'Welcome to Guildhall, Ada',
      },
    ),
    caseOf(registrationRepeated, { userId }, { type: 'account.registration_repeated' }),
    ...(
      [
        ['NEW_DEVICE', 'account.new_device'],
        ['TOKEN_REUSED', 'account.session_ended'],
        ['LOCKED_OUT', 'account.locked_out'],
        ['EMAIL_CHANGED', 'account.email_changed'],
        ['PASSWORD_CHANGED', 'account.password_changed'],
        ['PASSWORD_RESET', 'account.password_reset'],
        ['TOTP_ADDED', 'account.totp_added'],
        ['TOTP_REMOVED', 'account.totp_removed'],
        ['PASSKEY_ADDED', 'account.passkey_added'],
        ['PASSKEY_REMOVED', 'account.passkey_removed'],
        ['PASSKEY_CLONED', 'account.passkey_cloned'],
        ['API_KEY_CREATED', 'account.api_key_created'],
        ['ERASURE_REQUESTED', 'account.erasure_requested'],
      ] as const
    ).map(([kind, type]) => secured(kind, userId, { type, category: 'ACCOUNT', actorId: null })),
    secured('IMPERSONATION_STARTED', actorId, { type: 'account.impersonation_started', actorId }),
    secured('API_KEY_CREATED', `${actorId} as ${userId}`, { type: 'account.api_key_created', actorId }),
    secured('NEW_DEVICE', null, { type: 'account.new_device', actorId: null, subjectId: userId }),
    secured('LOGGED_IN', userId, null),
    caseOf(
      membershipChanged,
      { ...membership, role: 'MEMBER', change: 'JOINED', version: 1 },
      {
        type: 'organization.joined',
        title: 'You joined Acme as MEMBER',
        ...aboutOrganization,
      },
    ),
    caseOf(
      membershipChanged,
      { ...membership, role: 'ADMIN', change: 'ROLE_CHANGED', version: 2 },
      {
        type: 'organization.role_changed',
        title: 'You are now ADMIN of Acme',
        ...aboutOrganization,
      },
    ),
    caseOf(
      membershipChanged,
      { ...membership, role: null, change: 'REMOVED', version: 3 },
      { type: 'organization.removed' },
    ),
    caseOf(membershipChanged, { ...membership, role: null, change: 'LEFT', version: 5 }, null),
    caseOf(
      invitationCreated,
      {
        invitationId: newId('inv'),
        organizationId,
        organizationName: 'Acme',
        role: 'MEMBER',
        inviteeUserId: userId,
        actorId,
        expiresAt: '2030-01-01T00:00:00.000Z',
      },
      { type: 'organization.invited', title: 'Acme invites you to join as MEMBER', ...aboutOrganization },
    ),
    caseOf(registrationCreated, facts, null),
    caseOf(registrationConfirmed, facts, {
      type: 'registration.confirmed',
      title: 'You have a seat at Spring Hack',
      ...aboutRegistration,
    }),
    caseOf(
      registrationWaitlisted,
      { ...facts, actorId: userId },
      {
        type: 'registration.waitlisted',
        ...aboutRegistration,
        actorId: null,
      },
    ),
    caseOf(
      registrationOffered,
      { ...facts, offerExpiresAt: '2030-01-01T00:00:00.000Z' },
      {
        type: 'registration.offered',
        body: 'Accept it before January 1, 2030 at 12:00 AM UTC.',
        ...aboutRegistration,
      },
    ),
    caseOf(
      registrationOfferExpired,
      { ...facts, actorId: null },
      {
        type: 'registration.offer_expired',
        actorId: null,
      },
    ),
    caseOf(
      registrationRejected,
      { ...facts, reason: 'No room' },
      { type: 'registration.rejected', body: 'No room' },
    ),
    caseOf(registrationWithdrawn, facts, null),
    caseOf(
      registrationCancelled,
      { ...facts, reason: 'Storm', isEventCalledOff: true },
      { type: 'registration.cancelled', body: 'Storm' },
    ),
    caseOf(
      projectMemberJoined,
      { ...project, userId, role: 'MEMBER' },
      { type: 'project.joined', ...aboutProject },
    ),
    caseOf(projectMemberLeft, { ...project, userId }, { type: 'project.left', ...aboutProject }),
    caseOf(projectMemberLeft, { ...project, actorId: userId, userId }, null),
    caseOf(projectSubmitted, project, {
      type: 'project.submitted',
      title: 'Your team handed in Solar Kettle',
    }),
    caseOf(
      projectWithdrawn,
      { ...project, reason: 'Called off' },
      { type: 'project.withdrawn', body: 'Called off' },
    ),
  ])('$name', async ({ run, told }) => {
    const before = (await inboxOf(world, { userId })).length
    await run()
    const fresh = (await inboxOf(world, { userId })).slice(before)
    expect(fresh).toMatchObject(told ? [{ ...told, readAt: null }] : [])
    expect(await inboxOf(world, { userId: actorId })).toEqual([])
  })

  it('counts all of it', async () => {
    const { counter, unreadRows, seq, rows } = await countsOf(world, { userId })
    expect({ counter, seq, rows }).toEqual({ counter: unreadRows, seq: unreadRows, rows: unreadRows })
  })

  it('tells somebody without an account nothing', async () => {
    const before = await world.rows(members)
    await publish(world, invitationCreated, {
      invitationId: newId('inv'),
      organizationId,
      organizationName: 'Acme',
      role: 'MEMBER',
      inviteeUserId: null,
      actorId,
      expiresAt: '2030-01-01T00:00:00.000Z',
    })
    expect(await world.rows(members)).toEqual(before)
    expect(await inboxOf(world, { userId: actorId })).toEqual([])
  })
})
