/** All roles that come with the house, the mightiest first. Permissions name those that hold them (`heldBy`). */
export const builtInRoles = [
  'OWNER',
  'ADMIN',
  'BILLING',
  'ORGANIZER',
  'MANAGER',
  'TECHNICIAN',
  'BUYER',
  'FULFILLER',
  'OFFICER',
  'MEMBER',
  'GUEST',
] as const

export type BuiltInRole = (typeof builtInRoles)[number]

export const organizationKinds = ['INNOVATION', 'MAKERSPACE', 'COMMERCE', 'CITY', 'TEAM'] as const

export type OrganizationKind = (typeof organizationKinds)[number]

const withStaff = (...staff: BuiltInRole[]): readonly BuiltInRole[] => [
  'OWNER',
  'ADMIN',
  'BILLING',
  ...staff,
  'MEMBER',
  'GUEST',
]

/** Which of the roles an organization has; its staff follows from what it does. */
export const rolesOfKind: Readonly<Record<OrganizationKind, readonly BuiltInRole[]>> = {
  INNOVATION: withStaff('ORGANIZER'),
  MAKERSPACE: withStaff('TECHNICIAN'),
  COMMERCE: withStaff('MANAGER', 'BUYER', 'FULFILLER'),
  CITY: withStaff('OFFICER'),
  TEAM: withStaff('MANAGER'),
}

export const teamRoles = ['LEAD', 'MEMBER'] as const
