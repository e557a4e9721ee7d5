import { line, prose } from '@guildhall/kit/validate'
import { z } from 'zod'

/** What people say of a role of their own. */
export const customRoleDraft = z.object({ name: line(60), description: prose(500).nullish() })

/** What people say of a team. */
export const teamDraft = z.object({ name: line(60), description: prose(500).nullish() })
