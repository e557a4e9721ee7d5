import { createHash, randomBytes } from 'node:crypto'
import type { StateMachine } from '@guildhall/kit/state-machine'
import type { OrganizationInvitationRow } from '../tables.ts'

export type InvitationStatus = OrganizationInvitationRow['status']

/** An invitation is answered once. */
export const invitationLife: StateMachine<InvitationStatus> = {
  PENDING: [{ to: 'ACCEPTED' }, { to: 'DECLINED' }, { to: 'REVOKED' }, { to: 'EXPIRED' }],
  ACCEPTED: [],
  DECLINED: [],
  REVOKED: [],
  EXPIRED: [],
}

const invitationDays = 14

/** Until when an invitation that is made now can be accepted. */
export const invitationEnd = (now: Date): Date =>
  new Date(now.getTime() + invitationDays * 24 * 60 * 60 * 1000)

/** The invited person gets no second mail within a minute. */
const onceInMs = 60_000

/** When the last mail must have been sent for another one to be sent now. */
export const mailedBefore = (now: Date): Date => new Date(now.getTime() - onceInMs)

/** The status by the clock: the row of one that was not answered in time says PENDING until somebody needs its place. */
export const statusAt = (
  invitation: Pick<OrganizationInvitationRow, 'status' | 'expiresAt'>,
  now: Date,
): InvitationStatus =>
  invitation.status === 'PENDING' && invitation.expiresAt <= now ? 'EXPIRED' : invitation.status

/** 256 random bits. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token. Tokens are random, so a fast hash is enough. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** What the invited person reads. Nobody who was not asked for it should have to do anything. */
export const invitationText = (facts: {
  name: string
  role: string
  expiresAt: Date
  link: string
}): string => `You are invited to join ${facts.name} as ${facts.role}.

Open this link to accept or decline, until ${facts.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC:

${facts.link}

If you do not know ${facts.name}, you can ignore this mail.
`
