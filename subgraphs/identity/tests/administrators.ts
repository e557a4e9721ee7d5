import type { Person, World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { platformPermissionsOf } from '../administration/platform-roles.ts'
import { sessions, users } from '../tables.ts'
import { provenPerson } from './machines.ts'

/** Somebody with a role on the platform, who has just proved who they are. */
export async function administrator(world: World, role: 'ADMIN' | 'SUPPORT' = 'ADMIN'): Promise<Person> {
  const person = await provenPerson(world, {
    platformRoles: [role],
    platformPermissions: platformPermissionsOf([role]),
  })
  await world.host.database.db
    .update(users)
    .set({ platformRoles: [role] })
    .where(eq(users.id, person.userId))
  return person
}

/** Takes the roles of everybody, so that a test knows who is the last. */
export const withoutAdministrators = (world: World) =>
  world.host.database.db.update(users).set({ platformRoles: [] })

export const suspend = (admin: Person, id: string, reason = 'Spam') =>
  admin.mutate<{ user: { status: string } | null }>('suspendUser', { id, reason }, 'user { status }')

export const reactivate = (admin: Person, id: string) =>
  admin.mutate<{ user: { status: string } | null }>('reactivateUser', { id }, 'user { status }')

export const setRoles = (admin: Person, id: string, roles: string[]) =>
  admin.mutate<{ user: { platformRoles: string[] } | null }>(
    'setPlatformRoles',
    { id, roles },
    'user { platformRoles }',
  )

export const impersonate = (admin: Person, userId: string, input: object = {}) =>
  admin.mutate<{ accessToken: string | null; accessTokenExpiresAt: string | null }>(
    'impersonateUser',
    { userId, reason: 'Ticket 7', minutes: 10, ...input },
    'accessToken accessTokenExpiresAt',
  )

export const endImpersonation = (admin: Person, userId: string) =>
  admin.mutate<{ endedSessionCount: number }>('endImpersonation', { userId }, 'endedSessionCount')

export const sessionsOf = (world: World, userId: string) => world.rows(sessions, eq(sessions.userId, userId))

export const thrownBy = async (person: Person, mutation: string): Promise<string[]> =>
  (await person.run(`mutation { ${mutation} { userErrors { code } } }`)).errors.map(({ code }) => code)
