import { backboneTables } from '@guildhall/kit/events/tables'
import { judgingSchema } from './tables/schema.ts'

export * from './tables/heard.ts'
export * from './tables/public-vote.ts'
export * from './tables/results.ts'
export * from './tables/rounds.ts'
export * from './tables/schema.ts'
export * from './tables/scores.ts'

export const backbone = backboneTables(judgingSchema)
export const { outbox, inbox, idempotency } = backbone
