import type { StateMachine } from '@guildhall/kit/state-machine'
import { z } from 'zod'
import type { EventInvitationRow } from '../tables.ts'

export type InvitationState = EventInvitationRow['state']

/** An invitation is answered once. */
export const invitationLife: StateMachine<InvitationState> = {
  PENDING: [{ to: 'ACCEPTED' }, { to: 'DECLINED' }, { to: 'REVOKED' }, { to: 'EXPIRED' }],
  ACCEPTED: [],
  DECLINED: [],
  REVOKED: [],
  EXPIRED: [],
}

const dayMs = 86_400_000
const invitationDays = 14
const keptDays = 30

/** Until when an invitation that is made now can be accepted. */
export const invitationEnd = (now: Date): Date => new Date(now.getTime() + invitationDays * dayMs)

/** Addresses whose invitations ended before this are kept no longer, unless somebody registered. */
export const forgottenBefore = (now: Date): Date => new Date(now.getTime() - keptDays * dayMs)

/** The state by the clock. */
export const stateAt = (
  { state, expiresAt }: Pick<EventInvitationRow, 'state' | 'expiresAt'>,
  now: Date,
): InvitationState => (state === 'PENDING' && expiresAt <= now ? 'EXPIRED' : state)

/** In the form in which identity compares addresses. */
export const normalizeEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

export const isEmail = (email: string): boolean => email.length <= 254 && z.email().safeParse(email).success

/** What the invited person reads. */
export const invitationText = (facts: { title: string; expiresAt: Date; link: string }): string =>
  `You are invited to register for ${facts.title}.

Open this link to register or to decline, until ${facts.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC:

${facts.link}

If you do not know ${facts.title}, you can ignore this mail.
`
