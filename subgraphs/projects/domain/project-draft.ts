import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { ProjectRow } from '../tables.ts'

/** The part of a project that its team writes. */
export type ProjectDraft = Pick<ProjectRow, 'title' | 'summary' | 'repositoryUrl' | 'demoUrl'>

const httpUrl = z
  .string()
  .max(2000, 'At most 2000 characters.')
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), {
    message: 'Must be an http or https address.',
    params: { code: 'INVALID_URL' },
  })

const draft = z.object({
  title: line(200),
  summary: prose(10_000).nullable(),
  repositoryUrl: httpUrl.nullable(),
  demoUrl: httpUrl.nullable(),
})

/** Every reason why a project cannot be like this. */
export const draftProblems = (project: ProjectDraft): Failure[] => problemsOf(draft, project)
