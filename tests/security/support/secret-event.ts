import type { Client } from '../../support/client.ts'
import type { RunningHouse } from '../../support/houses.ts'
import { newPerson, organizerWithEvent } from '../../support/people.ts'

/** An event that only its organization sees, with one of everything that can be listened to. */
export interface SecretEvent {
  owner: Client
  /** Belongs to the organization, without a say, and takes part. */
  guest: Client
  ids: Record<'event' | 'announcement' | 'list' | 'round' | 'registration', string>
  /** What no stranger may ever read. */
  secrets: readonly string[]
  /** Something happens of which every stream tells that may. */
  happen(): Promise<void>
}

type Made<Name extends string> = Record<Name, { id: string }>

export async function secretEvent({ url, databaseUrl }: RunningHouse): Promise<SecretEvent> {
  const secret = { visibility: 'ORGANIZATION', title: 'Secret Hack' }
  const { organizer: owner, organizationId, eventId } = await organizerWithEvent(url, secret)
  const guest = await newPerson(url, 'Guest', databaseUrl)
  await join(owner, organizationId, guest)
  const { registration } = await guest.mutate<Made<'registration'>>(
    'registerForEvent',
    { eventId },
    'registration { id }',
  )
  const { announcement } = await owner.mutate<Made<'announcement'>>(
    'draftAnnouncement',
    { eventId, segment: { status: ['CONFIRMED'] }, subject: 'Secret news', body: 'Secret text.' },
    'announcement { id }',
  )
  const { checkInList } = await owner.mutate<Made<'checkInList'>>(
    'createCheckInList',
    { eventId, name: 'Secret door' },
    'checkInList { id }',
  )
  const { round } = await owner.mutate<Made<'round'>>(
    'createJudgingRound',
    { eventId, name: 'Secret round', mode: 'RUBRIC' },
    'round { id }',
  )
  const ids = {
    event: eventId,
    announcement: announcement.id,
    list: checkInList.id,
    round: round.id,
    registration: registration.id,
  }
  return {
    owner,
    guest,
    ids,
    secrets: [...Object.values(ids), guest.userId, 'Secret'],
    async happen() {
      await owner.mutate('startAnnouncement', { id: announcement.id }, 'announcement { id }')
      const { data } = await guest.request<{ registration: { ticket: { secret: string } } }>(
        'query ($id: ID!) { registration(id: $id) { ticket { secret } } }',
        { id: registration.id },
      )
      const { secret } = data.registration.ticket
      const scan = { listId: checkInList.id, secret, deviceId: 'door', nonce: 'once' }
      await owner.mutate('checkIn', scan, 'checkIn { id }')
      await owner.mutate('registerForEvent', { eventId }, 'registration { id }')
      await owner.mutate('transitionEvent', { id: eventId, to: 'IN_PROGRESS' }, 'event { id }')
    },
  }
}

async function join(owner: Client, organizationId: string, person: Client): Promise<void> {
  const { data } = await person.request<{ me: { email: string } }>('{ me { email } }')
  const invitation = { organizationId, email: data.me.email, role: 'MEMBER' }
  const { token } = await owner.mutate<{ token: string }>('inviteMember', invitation, 'token')
  await person.mutate('acceptInvitation', { token }, 'member { id }')
}
