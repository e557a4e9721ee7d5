import { randomUUID } from 'node:crypto'
import { userProfileUpdated } from '@guildhall/identity/contract'
import { newId, uuidOf } from '@guildhall/kit/ids'
import type { Person, World } from '@guildhall/kit/testing/world'
import { asc, eq } from 'drizzle-orm'
import { deliveries } from '../tables.ts'
import { publish } from './support.ts'

/** Somebody whom identity knows. */
export interface Addressed extends Person {
  email: string
}

/** A person, by default a new one, with an account in use and an address that is verified unless it is said otherwise. */
export async function addressed(
  world: World,
  {
    person = world.person(),
    status = 'ACTIVE',
    isVerified = true,
  }: { person?: Person; status?: string; isVerified?: boolean } = {},
): Promise<Addressed> {
  const email = `${randomUUID()}@example.org`
  const { sql } = world.host.database
  const now = world.clock.now().toISOString()
  await sql`
    insert into identity."user" (id, status, email, email_verified_at, display_name, locale, timezone,
      suspended_at, created_at, updated_at)
    values (${uuidOf('usr', person.userId)}, ${status}, ${email}, ${isVerified ? now : null}, 'Ada', 'en', 'UTC',
      ${status === 'SUSPENDED' ? now : null}, ${now}, ${now})`
  return { ...person, email }
}

/** Somebody with an address and a phone, who reads as the tag says. */
export async function reading(world: World, locale: string): Promise<Addressed> {
  const one = await addressed(world)
  const profile = { userId: one.userId, displayName: 'Ada', locale, timezone: 'Europe/Zurich', version: 1 }
  await publish(world, userProfileUpdated, profile)
  const phone = { platform: 'FCM', token: `${newId('dvc')}:${newId('dvc')}` }
  await one.mutate('registerDevice', phone, 'device { id }')
  return one
}

/** Somebody who runs the house. */
export const operator = (world: World): Person =>
  world.personWith({
    kind: 'user',
    userId: newId('usr'),
    sessionId: newId('ses'),
    platformRoles: ['ADMIN'],
    platformPermissions: ['notifications:operate'],
    grants: {},
  })

/** What became of a person's notifications, channel by channel, in the order of their making. */
export const deliveriesOf = (world: World, { userId }: Pick<Person, 'userId'>) =>
  world.host.database.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.recipientId, userId))
    .orderBy(asc(deliveries.createdAt), asc(deliveries.channel), asc(deliveries.id))

/** The same in short. */
export const statusesOf = async (world: World, person: Pick<Person, 'userId'>): Promise<string[]> =>
  (await deliveriesOf(world, person)).map(({ channel, status, reason }) =>
    [channel, status, reason].filter(Boolean).join(' '),
  )
