import { verificationToken } from '../../scripts/demo/verification-link.ts'
import { type Client, createTestClient } from './client.ts'

/** A new person: registers, logs in, and is ready to call. With `databaseUrl` the address is verified too. */
export async function newPerson(url: string, displayName: string, databaseUrl?: string): Promise<Client> {
  const client = createTestClient(url)
  const email = `${displayName.toLowerCase().replaceAll(' ', '.')}.${crypto.randomUUID()}@example.org`
  const password = 'correct horse battery staple'
  await client.mutate('registerUser', { email, password, displayName }, 'isAccepted')
  if (databaseUrl !== undefined) {
    const token = await verificationToken(databaseUrl, email)
    await client.mutate('verifyEmail', { token }, 'isVerified')
  }
  const { tokens, user } = await client.mutate<{ tokens: { accessToken: string }; user: { id: string } }>(
    'login',
    { email, password },
    'tokens { accessToken } user { id }',
  )
  client.accessToken = tokens.accessToken
  client.userId = user.id
  return client
}

const day = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString()

/** Somebody with an organization and a published event in it, which runs now. */
export async function organizerWithEvent(
  url: string,
  event: object = {},
): Promise<{ organizer: Client; organizationId: string; eventId: string }> {
  const organizer = await newPerson(url, 'Ada')
  const { organization } = await organizer.mutate<{ organization: { id: string } }>(
    'createOrganization',
    { name: 'Open City', kind: 'INNOVATION' },
    'organization { id }',
  )
  const drafted = await organizer.mutate<{ event: { id: string } }>(
    'createEvent',
    {
      organizationId: organization.id,
      title: 'City Hack',
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: inDays(-0.5),
      endsAt: inDays(2),
      ...event,
    },
    'event { id }',
  )
  const eventId = drafted.event.id
  await organizer.mutate('transitionEvent', { id: eventId, to: 'PUBLISHED' }, 'event { id }')
  return { organizer, organizationId: organization.id, eventId }
}
