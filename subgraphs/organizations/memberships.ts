import type { ConstraintFailures, Context, Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq, sql } from 'drizzle-orm'
import contract, { type BuiltInRole, membershipChanged } from './contract.ts'
import { unavailable } from './roles.ts'
import { members, type OrganizationMemberRow, type OrganizationRow, organizations, people } from './tables.ts'

/** What the database refuses when memberships change. */
export const membershipConstraints: ConstraintFailures = {
  organization_has_owner: () =>
    contract.failure('LAST_OWNER', 'An organization keeps at least one owner.', ['input']),
  person_organizations_max: () =>
    contract.failure('TOO_MANY_ORGANIZATIONS', 'You belong to 50 organizations already.', ['input']),
  member_service_no_owner: () =>
    contract.failure('ROLE_NOT_AVAILABLE', 'Service accounts cannot be owners.', ['input']),
}

/** Who becomes a member, and by whom; without `actorId`, by the caller. */
export interface Newcomer {
  userId: string
  role: BuiltInRole
  isService?: boolean
  actorId?: string | null
}

/** The refusal to take anybody into an organization that is about to end. */
export const closing = ({ status }: Pick<OrganizationRow, 'status'>): Failure[] =>
  status === 'ACTIVE'
    ? []
    : [contract.failure('ORGANIZATION_CLOSING', 'The organization is about to end.', ['input'])]

/**
 * Makes a person a member of an organization that the transaction holds (alone, for an owner). A founder's ownership is
 * counted in the organization's own row from the start.
 */
export async function join(
  ctx: Context,
  tx: Transaction,
  organization: Pick<OrganizationRow, 'id' | 'name' | 'kind' | 'status'>,
  { userId, role, isService = false, actorId = viewerOf(ctx) }: Newcomer,
  isFounder = false,
): Promise<Outcome<OrganizationMemberRow>> {
  const problems = [...closing(organization), ...unavailable(organization, role, ['input'])]
  if (problems.length > 0) return failed(...problems)
  const [member] = await tx
    .insert(members)
    .values({
      id: ctx.newId('mem'),
      organizationId: organization.id,
      userId,
      role,
      isService,
      joinedAt: ctx.now(),
    })
    .onConflictDoNothing({ target: [members.organizationId, members.userId] })
    .returning()
  if (!member)
    return failed(contract.failure('ALREADY_MEMBER', 'Belongs to the organization already.', ['input']))
  const version = await countMembership(tx, userId, 1)
  if (role === 'OWNER' && !isFounder) await countOwner(tx, organization.id, 1)
  await tell(tx, organization, member, { change: 'JOINED', version, actorId })
  return done(member)
}

/** Ends a membership, and with it bindings and places in teams. @returns false when it had ended before. */
export async function part(
  ctx: Context,
  tx: Transaction,
  organization: Pick<OrganizationRow, 'id' | 'name'>,
  memberId: string,
  change: 'REMOVED' | 'LEFT',
  actorId = viewerOf(ctx),
): Promise<boolean> {
  const [member] = await tx.delete(members).where(eq(members.id, memberId)).returning()
  if (!member) return false
  const version = await countMembership(tx, member.userId, -1)
  if (member.role === 'OWNER') await countOwner(tx, organization.id, -1)
  await tell(tx, organization, member, { change, version, actorId })
  return true
}

/** Gives another role to a member of an organization that the transaction holds alone. */
export async function assign(
  ctx: Context,
  tx: Transaction,
  organization: Pick<OrganizationRow, 'id' | 'name' | 'kind'>,
  member: OrganizationMemberRow,
  role: BuiltInRole,
): Promise<Outcome<OrganizationMemberRow>> {
  if (member.role === role) return done(member)
  const problems = unavailable(organization, role, ['input', 'role'])
  if (problems.length > 0) return failed(...problems)
  const [changed] = await tx.update(members).set({ role }).where(eq(members.id, member.id)).returning()
  if (!changed) throw new Error('the member of a locked organization is gone')
  if (role === 'OWNER') await countOwner(tx, organization.id, 1)
  if (member.role === 'OWNER') await countOwner(tx, organization.id, -1)
  const version = await countMembership(tx, member.userId, 0)
  await tell(tx, organization, changed, { change: 'ROLE_CHANGED', version, actorId: viewerOf(ctx) })
  return done(changed)
}

/** One statement that waits for rivals; the check `organization_has_owner` refuses the last one. */
async function countOwner(tx: Transaction, organizationId: string, by: 1 | -1): Promise<void> {
  await tx
    .update(organizations)
    .set({ ownerCount: sql`${organizations.ownerCount} + ${by}::int` })
    .where(eq(organizations.id, organizationId))
}

/**
 * Counts a change of one of a person's memberships, after the change itself: of two changes of one membership, the
 * second waits for the first. @returns the version that others are told.
 */
async function countMembership(tx: Transaction, userId: string, by: 1 | 0 | -1): Promise<number> {
  const [person] = await tx
    .insert(people)
    .values({ userId, organizationCount: Math.max(by, 0), membershipVersion: 1 })
    .onConflictDoUpdate({
      target: people.userId,
      set: {
        organizationCount: sql`${people.organizationCount} + ${by}::int`,
        membershipVersion: sql`${people.membershipVersion} + 1`,
      },
    })
    .returning({ version: people.membershipVersion })
  if (!person) throw new Error('upsert returned nothing')
  return person.version
}

const viewerOf = ({ viewer }: Context): string | null => viewer?.userId ?? null

const tell = (
  tx: Transaction,
  organization: Pick<OrganizationRow, 'id' | 'name'>,
  member: OrganizationMemberRow,
  told: {
    change: 'JOINED' | 'ROLE_CHANGED' | 'REMOVED' | 'LEFT'
    version: number
    actorId: string | null
  },
): Promise<void> =>
  tx.emit(membershipChanged, {
    organizationId: organization.id,
    organizationName: organization.name,
    userId: member.userId,
    role: told.change === 'REMOVED' || told.change === 'LEFT' ? null : member.role,
    ...told,
  })
