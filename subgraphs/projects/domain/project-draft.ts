import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose, webAddress } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { ProjectRow } from '../tables.ts'

/** The part of a project that its team writes. */
export type ProjectDraft = Pick<ProjectRow, 'title' | 'summary' | 'repositoryUrl' | 'demoUrl'>

const draft = z.object({
  title: line(200),
  summary: prose(10_000).nullable(),
  repositoryUrl: webAddress().nullable(),
  demoUrl: webAddress().nullable(),
})

/** Every reason why a project cannot be like this. */
export const draftProblems = (project: ProjectDraft): Failure[] => problemsOf(draft, project)
