import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose, tidy, webAddress } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { ProjectRow } from '../tables.ts'
import { normalisedTags } from './tags.ts'

const texts = ['summary', 'repositoryUrl', 'demoUrl', 'videoUrl', 'thumbnailUrl', 'lookingFor'] as const

/** The part of a project that its team writes. */
export type ProjectDraft = Pick<ProjectRow, 'title' | 'tags' | (typeof texts)[number]>

/** What a caller sent of it: what is left out stays, null clears. */
export type GivenDraft = Partial<{ [Field in keyof ProjectDraft]: ProjectDraft[Field] | null }>

export const tagsMax = 10

export const tagList = z
  .array(
    z.string().regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}.+#-]{0,39}$/u, {
      message: 'A tag is a word of at most 40 letters, digits, dots, pluses and dashes.',
    }),
  )
  .max(tagsMax, `At most ${tagsMax} tags.`)

const draft = z.object({
  title: line(200),
  summary: prose(10_000).nullable(),
  repositoryUrl: webAddress().nullable(),
  demoUrl: webAddress().nullable(),
  videoUrl: webAddress().nullable(),
  thumbnailUrl: webAddress().nullable(),
  tags: tagList,
  lookingFor: prose(500).nullable(),
})

/** Every reason why a project cannot be like this. */
export const draftProblems = (project: ProjectDraft): Failure[] => problemsOf(draft, project)

/** As it is kept. A project cannot be without a title, so null there counts as left out. */
export const tidied = (given: GivenDraft): Partial<ProjectDraft> => ({
  ...(given.title != null ? { title: given.title.trim() } : {}),
  ...(given.tags !== undefined ? { tags: normalisedTags(given.tags ?? []) } : {}),
  ...Object.fromEntries(
    texts.filter((field) => given[field] !== undefined).map((field) => [field, tidy(given[field])]),
  ),
})

/** What says nothing yet. */
export const blankDraft: Omit<ProjectDraft, 'title'> = {
  summary: null,
  repositoryUrl: null,
  demoUrl: null,
  videoUrl: null,
  thumbnailUrl: null,
  tags: [],
  lookingFor: null,
}
