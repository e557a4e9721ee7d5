import { pgSchema } from 'drizzle-orm/pg-core'

export const judgingSchema = pgSchema('judging')
