import { pgSchema } from 'drizzle-orm/pg-core'
import { registrationCategories } from '../contract/events.ts'

export const participantsSchema = pgSchema('participants')

export const registrationCategory = participantsSchema.enum('registration_category', registrationCategories)
