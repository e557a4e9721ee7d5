import { serviceAccountRoles } from '@guildhall/identity/contract'
import { stepOf } from '@guildhall/kit/state-machine'
import { describe, expect, it } from 'vitest'
import { type BuiltInRole, builtInRoles, organizationKinds, rolesOfKind, teamRoles } from '../contract.ts'
import { type InvitationStatus, invitationEnd, invitationLife, statusAt } from '../domain/invitation.ts'
import { normalizeEmail, slugFrom } from '../domain/organization.ts'
import { endOfGrace, lifeAt, organizationLife } from '../domain/organization-life.ts'
import { collectPermissions, collectVocabulary } from '../domain/role-permissions.ts'
import { escalations, roleAsHanded, rolePermissions, rolesWith } from '../roles.ts'
import { organizationKind, organizationRole, teamRole } from '../tables.ts'

describe('roles', () => {
  it('are the same in contract and database', () => {
    expect(organizationRole.enumValues).toEqual(builtInRoles)
    expect(organizationKind.enumValues).toEqual(organizationKinds)
    expect(teamRole.enumValues).toEqual(teamRoles)
  })

  it('of machines are all but that of owners', () => {
    expect(['OWNER', ...serviceAccountRoles].sort()).toEqual(builtInRoles.toSorted())
  })

  it('collect what the contracts grant them', () => {
    const contracts = [
      { domain: 'a', permissions: { 'a:write': { description: '', heldBy: ['OWNER', 'ADMIN'] } } },
      { domain: 'b', permissions: { 'b:read': { description: '', heldBy: ['OWNER', 'GUEST'] } } },
    ]
    const nothing = Object.fromEntries(builtInRoles.map((role) => [role, []]))
    expect(collectPermissions(contracts)).toEqual({
      ...nothing,
      OWNER: ['a:write', 'b:read'],
      ADMIN: ['a:write'],
      GUEST: ['b:read'],
    })
  })

  it('that do not exist stop the start with what to mend', () => {
    const contracts = [{ domain: 'a', permissions: { 'a:write': { description: '', heldBy: ['BOSS'] } } }]
    expect(() => collectPermissions(contracts)).toThrow('a: a:write is held by BOSS')
  })

  it('belong to kinds, five of them to every kind', () => {
    const inAll = builtInRoles.filter((role) =>
      organizationKinds.every((kind) => rolesOfKind[kind].includes(role)),
    )
    expect(inAll).toEqual(['OWNER', 'ADMIN', 'BILLING', 'MEMBER', 'GUEST'])
    const staff = organizationKinds.map((kind) => rolesOfKind[kind].filter((role) => !inAll.includes(role)))
    expect(staff).toEqual([
      ['ORGANIZER'],
      ['TECHNICIAN'],
      ['MANAGER', 'BUYER', 'FULFILLER'],
      ['OFFICER'],
      ['MANAGER'],
    ])
    expect(new Set([...inAll, ...staff.flat()])).toEqual(new Set(builtInRoles))
  })

  it('are made of what roles hold, not of what the platform holds', () => {
    const contracts = [
      {
        permissions: {
          'b:read': { description: 'Read.', heldBy: ['GUEST'] },
          'a:write': { description: 'Write.', heldBy: ['OWNER'] },
          'a:audit': { description: 'Audit.', heldBy: [], heldByPlatform: ['ADMIN' as const] },
        },
      },
    ]
    expect([...collectVocabulary(contracts).keys()]).toEqual(['a:write', 'b:read'])
  })

  it('hold at most what the mightier ones hold', () => {
    const holding = (role: BuiltInRole | null) => ({
      can: (permission: string) => role !== null && rolePermissions[role].includes(permission),
    })
    const codes = (holder: BuiltInRole | null, role: BuiltInRole) =>
      escalations(holding(holder), 'org', [roleAsHanded(role)], []).map(({ code }) => code)
    for (const role of builtInRoles) expect(codes('OWNER', role)).toEqual([])
    expect(codes('ADMIN', 'OWNER')).toEqual(['ROLE_ESCALATION'])
    expect(codes(null, 'GUEST')).toEqual(['ROLE_ESCALATION'])
    expect(rolesWith('members:manage')).toEqual(['OWNER', 'ADMIN'])
    expect(rolesWith('nothing:known')).toEqual([])
  })
})

describe('organizations', () => {
  it('end after a grace in which they can be restored', () => {
    const statuses = Object.keys(organizationLife) as (keyof typeof organizationLife)[]
    const steps = statuses.flatMap((from) =>
      statuses.filter((to) => stepOf(organizationLife, from, to)).map((to) => `${from} ${to}`),
    )
    expect(steps).toEqual(['ACTIVE CLOSING', 'CLOSING ACTIVE', 'CLOSING CLOSED'])
    const now = new Date('2026-05-01T12:00:00Z')
    const closesAt = endOfGrace(now)
    expect(closesAt.toISOString()).toBe('2026-05-15T12:00:00.000Z')
    expect(lifeAt({ status: 'CLOSING', closesAt }, now)).toBe('CLOSING')
    expect(lifeAt({ status: 'CLOSING', closesAt }, closesAt)).toBe('CLOSED')
    expect(lifeAt({ status: 'ACTIVE', closesAt: null }, now)).toBe('ACTIVE')
  })
})

describe('invitations', () => {
  it('are answered once: every step but those from PENDING is refused', () => {
    const statuses = Object.keys(invitationLife) as InvitationStatus[]
    const steps = statuses.flatMap((from) =>
      statuses.filter((to) => stepOf(invitationLife, from, to)).map((to) => `${from} ${to}`),
    )
    expect(steps).toEqual(['PENDING ACCEPTED', 'PENDING DECLINED', 'PENDING REVOKED', 'PENDING EXPIRED'])
  })

  it('expire by the clock, and only while nobody has answered', () => {
    const now = new Date('2026-05-01T12:00:00Z')
    const expiresAt = invitationEnd(now)
    expect(expiresAt.toISOString()).toBe('2026-05-15T12:00:00.000Z')
    expect(statusAt({ status: 'PENDING', expiresAt }, now)).toBe('PENDING')
    expect(statusAt({ status: 'PENDING', expiresAt }, expiresAt)).toBe('EXPIRED')
    expect(statusAt({ status: 'ACCEPTED', expiresAt }, expiresAt)).toBe('ACCEPTED')
  })
})

describe('names', () => {
  it.each([
    ['Käserei Müller & Co.', 'kaserei-muller-co'],
    ['  --Town--  ', 'town'],
    ['東京', 'org'],
    ['Ü', 'org-u'],
    ['x'.repeat(90), 'x'.repeat(50)],
  ])('%s becomes %s', (name, slug) => {
    expect(slugFrom(name)).toBe(slug)
  })

  it('addresses have one form', () => {
    expect(normalizeEmail(' Ada@Example.ORG ')).toBe('ada@example.org')
  })
})
