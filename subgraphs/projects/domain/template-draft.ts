import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { ProjectTemplateRow } from '../tables.ts'
import { tagList } from './project-draft.ts'

export type TemplateDraft = Pick<ProjectTemplateRow, 'name' | 'description' | 'summary' | 'tags'>

const draft = z.object({
  name: line(100),
  description: prose(2_000).nullable(),
  summary: prose(10_000).nullable(),
  tags: tagList,
})

/** Every reason why a template cannot be like this. */
export const templateProblems = (template: TemplateDraft): Failure[] => problemsOf(draft, template)
