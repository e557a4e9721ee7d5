import { pgSchema } from 'drizzle-orm/pg-core'

export const participantsSchema = pgSchema('participants')
