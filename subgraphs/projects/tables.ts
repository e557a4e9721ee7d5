import { backboneTables } from '@guildhall/kit/events/tables'
import { projectsSchema } from './tables/schema.ts'

export * from './tables/events.ts'
export * from './tables/judging.ts'
export * from './tables/projects.ts'
export * from './tables/schema.ts'
export * from './tables/submissions.ts'
export * from './tables/teams.ts'
export * from './tables/templates.ts'

export const backbone = backboneTables(projectsSchema)
export const { outbox, inbox, idempotency } = backbone
