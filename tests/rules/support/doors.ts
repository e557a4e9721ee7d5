import { type Access, accessOf } from '@guildhall/kit/access'
import type { Caller } from '@guildhall/kit/caller'
import { rootFields } from '@guildhall/kit/conventions'
import { newId } from '@guildhall/kit/ids'
import type { TestOrganization, World } from '@guildhall/kit/testing/world'
import { house } from './house.ts'

/** Every root field of the house with the access that its directive asks for. */
export const doors = house.flatMap((definition) =>
  rootFields(definition).map(([coordinate, field]) => {
    const access = accessOf(field.astNode)
    if (!access) throw new Error(`${coordinate} has no access directive`)
    return { domain: definition.domain, coordinate, field, access }
  }),
)
export type Door = (typeof doors)[number]

/** Kinds of callers, in the order of the matrix. */
export const callerNames = [
  'anonymous',
  'outsider',
  'wrongScope',
  'member',
  'manager',
  'administrator',
  'service',
] as const
export type CallerName = (typeof callerNames)[number]

/** Somebody before a door, and how the door must answer. */
export interface Knock {
  door: Door
  name: CallerName
  caller: Caller
  expected: string
}

/** The answer of a door that opens. */
export const enters = 'enters'

/** Runs the house, and belongs to no organization. */
const administrator: Caller = {
  kind: 'user',
  userId: newId('usr'),
  sessionId: newId('ses'),
  platformRoles: ['ADMIN'],
  platformPermissions: house.flatMap(({ contract }) =>
    Object.entries(contract.permissions)
      .filter(([, { heldByPlatform = [] }]) => heldByPlatform.includes('ADMIN'))
      .map(([name]) => name),
  ),
  grants: {},
  steppedUpUntilMs: Date.UTC(2100, 0),
}

/** Everybody before every door, where that says something. */
export function knocksOf(world: World, organization: TestOrganization): Knock[] {
  const fixed: Record<Exclude<CallerName, 'wrongScope'>, Caller> = {
    anonymous: world.anonymous.caller,
    outsider: world.person().caller,
    member: organization.as('MEMBER').caller,
    manager: organization.as('OWNER').caller,
    administrator,
    service: world.service.caller,
  }
  return doors.flatMap((door) =>
    callerNames
      .filter((name) => isTelling(name, door.access))
      .map((name) => {
        const caller = name === 'wrongScope' ? allButThe(door, organization.id) : fixed[name]
        return { door, name, caller, expected: expectedOf(door.access, caller) }
      }),
  )
}

/** A service passes everywhere, and most fields then ask for the person: only its own doors are of interest. */
function isTelling(name: CallerName, access: Access): boolean {
  if (name === 'service') return access.kind === 'internal'
  return (name !== 'wrongScope' && name !== 'administrator') || access.kind === 'scopes'
}

/** Written out a second time, apart from the kit's `checkAccess`, so that the two must agree. */
export function expectedOf(access: Access, caller: Caller): string {
  if (access.kind === 'public' || caller.kind === 'service') return enters
  if (access.kind === 'internal') return 'FORBIDDEN'
  if (caller.kind === 'anonymous') return 'UNAUTHENTICATED'
  if (access.kind === 'authenticated') return enters
  const held = [
    ...(caller.platformPermissions ?? []),
    ...Object.values(caller.grants).flatMap((grant) => grant.permissions),
  ]
  return access.scopes.some((all) => all.every((scope) => held.includes(scope))) ? enters : 'FORBIDDEN'
}

/** Holds every permission of the house but those that open this door. */
function allButThe({ access }: Door, organizationId: string): Caller {
  const opening = access.kind === 'scopes' ? access.scopes.flat() : []
  const permissions = house
    .flatMap(({ contract }) => Object.keys(contract.permissions))
    .filter((permission) => !opening.includes(permission))
  return {
    kind: 'user',
    userId: newId('usr'),
    sessionId: newId('ses'),
    platformRoles: [],
    grants: { [organizationId]: { role: 'CUSTOM', permissions } },
  }
}

/** The matrix for reviewers: every door, and how it answers each caller. */
export function matrixOf(knocks: readonly Knock[]): string {
  const cell = (door: Door, name: CallerName) =>
    knocks.find((knock) => knock.door === door && knock.name === name)?.expected ?? '·'
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rows = doors
    .toSorted((a, b) => (a.coordinate < b.coordinate ? -1 : 1))
    .map((door) => [
      `\`${door.coordinate}\``,
      inWords(door.access),
      ...callerNames.map((name) => cell(door, name)),
    ])
  const head = ['Root field', 'Door', ...callerNames]
  return `${[
    '# Who may call what',
    '',
    'Every root field before each kind of caller, as `access.test.ts` measures it. Behind the door, ownership and tenancy decide.',
    '`wrongScope` holds every permission of the house but those of the door; `·` says nothing about the door.',
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
  ].join('\n')}\n`
}

const inWords = (access: Access): string =>
  access.kind === 'scopes' ? access.scopes.map((all) => all.join(' and ')).join(' or ') : access.kind
