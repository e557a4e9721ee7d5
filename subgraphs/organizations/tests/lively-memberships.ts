import type { Transaction } from '@guildhall/kit/context'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import type { World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { assign, join, part } from '../memberships.ts'
import { members, organizations } from '../tables.ts'
import { found } from './people.ts'

/**
 * People who join, get other roles, leave and come again, in two organizations.
 *
 * @param random decides who does what.
 */
export async function livelyMemberships(world: World, count: number, random: () => number): Promise<void> {
  const ctx = world.host.subgraphs.organizations?.ownContext()
  if (!ctx) throw new Error('organizations does not run here')
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const people = Array.from({ length: 5 }, () => newId('usr'))
  const both = [(await found(world)).id, (await found(world)).id]
  const change = async (tx: Transaction): Promise<unknown> => {
    const [userId, organizationId] = [pick(people), pick(both)]
    const [organization] = await tx.select().from(organizations).where(eq(organizations.id, organizationId))
    const place = and(eq(members.userId, userId), eq(members.organizationId, organizationId))
    const [member] = await tx.select().from(members).where(place)
    const role = pick(['ADMIN', 'ORGANIZER', 'MEMBER'] as const)
    if (!organization) throw new Error('no organization')
    if (!member) return join(ctx, tx, organization, { userId, role })
    if (random() < 0.5) return assign(ctx, tx, organization, member, role)
    return part(ctx, tx, organization, member.id, pick(['LEFT', 'REMOVED']))
  }
  await ctx.transaction('test', async (tx) => {
    for (let step = 0; step < count; step++) await change(tx)
    return done(null)
  })
}
