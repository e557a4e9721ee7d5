export * from './tables/invitations.ts'
export * from './tables/organizations.ts'
export * from './tables/roles.ts'
export * from './tables/teams.ts'
