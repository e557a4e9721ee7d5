import { randomUUID } from 'node:crypto'
import { newId } from '@guildhall/kit/ids'
import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'
import { verificationToken } from '../../../scripts/demo/verification-link.ts'
import { makeForm } from './form-support.ts'
import { publishedEvent } from './support.ts'

export const domains = ['events', 'identity', 'participants'] as const

/** A published event with a private form. */
export async function house(world: World, over: object = {}, form: object = {}) {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization, over)
  const { id: formId } = await makeForm(organization, eventId, { isPrivate: true, ...form })
  return { organization, organizer: organization.as('ORGANIZER'), eventId, formId }
}

export type House = Awaited<ReturnType<typeof house>>

export interface Invited {
  invited: { id: string; email: string; state: string }[]
  failed: { email: string; code: string }[]
  userErrors: { code: string; path: string[] }[]
}

export const invite = (
  { organizer, eventId, formId }: Pick<House, 'organizer' | 'eventId' | 'formId'>,
  emails: readonly string[],
  more: object = {},
): Promise<Invited> =>
  organizer.mutate<Invited>(
    'inviteToEvent',
    { eventId, formId, emails, ...more },
    'invited { id email state } failed { email code }',
  )

/** The token of the last mail to an address. */
export async function tokenFor(world: World, email: string): Promise<string> {
  const mail = (await world.mails(email)).findLast(({ kind }) => kind === 'participants.invitation')
  const token = mail?.text.match(/\/event-invitations\/([\w-]{43})\n/)?.[1]
  if (!token) throw new Error(`no link in ${mail?.text ?? `the mails to ${email}`}`)
  return token
}

export const freshEmail = (): string => `${randomUUID()}@example.org`

/** Somebody with an account, and so with an address, which is verified unless said otherwise. */
export async function registered(
  world: World,
  { isVerified = true } = {},
): Promise<Person & { email: string }> {
  const email = freshEmail()
  const input = { email, password: 'correct horse battery', displayName: 'Ada' }
  await world.anonymous.mutate('registerUser', input, 'isAccepted')
  if (isVerified) {
    const token = await verificationToken(world.databaseUrl, email)
    await world.anonymous.mutate('verifyEmail', { token }, 'isVerified')
  }
  const { data } = await world.service.run<{ userIdByEmail: string }>(`{ userIdByEmail(email: "${email}") }`)
  const caller = { kind: 'user', userId: data.userIdByEmail, sessionId: newId('ses') } as const
  return { ...world.personWith({ ...caller, platformRoles: [], grants: {} }), email }
}

export const another = (organization: TestOrganization, from: House): House => ({
  ...from,
  organizer: organization.as('ORGANIZER'),
})
