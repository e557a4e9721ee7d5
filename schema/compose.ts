// npm run compose              composes all domains and writes what follows from them
// npm run compose -- --check   writes nothing, fails when something on disk is stale
import { parseArgs } from 'node:util'
import { loadContracts, loadDefinitions } from '@guildhall/kit/discover'
import { artefactsOf, onDisk, staleOf, writeArtefacts } from './compose/artefacts.ts'
import { baseApi } from './compose/base-api.ts'
import { ComposeProblem } from './compose/compose-problem.ts'
import { type AllowedBreak, type AllowedHint, breakingProblems, hintProblems } from './compose/review.ts'
import { subjectStubs } from './compose/subjects.ts'
import { composeSupergraph } from './compose/supergraph.ts'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const isCheck = values.check

try {
  process.exitCode = (await compose()) ? 0 : 1
} catch (error) {
  if (!(error instanceof ComposeProblem)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function compose(): Promise<boolean> {
  // The definitions read the stubs when they are loaded, so these come first.
  const subjects = { 'schema/subjects.graphql': subjectStubs(await loadContracts()) }
  if (isCheck && refuseStale(staleOf(subjects))) return false
  const written = isCheck ? [] : writeArtefacts(subjects)

  const definitions = await loadDefinitions()
  const composed = composeSupergraph(definitions)
  const problems = [...hintProblems(composed.hints, allowed<AllowedHint>('hints')), ...broken(composed.api)]
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) return false

  const artefacts = artefactsOf(definitions, composed)
  if (isCheck) return !refuseStale(staleOf(artefacts))
  written.push(...writeArtefacts(artefacts))
  const domains = definitions.map(({ domain }) => domain).join(', ')
  console.log(
    `Composed ${domains}. ${written.length > 0 ? `Wrote ${written.join(', ')}.` : 'Nothing changed.'}`,
  )
  return true
}

function broken(api: string): string[] {
  // oxlint-disable-next-line node/no-process-env -- CI names the branch that a change is to be merged into
  const base = baseApi(api, process.env.API_BASE)
  if (base.sdl !== null) return breakingProblems(base.sdl, api, allowed<AllowedBreak>('breaking'))
  console.log(`Breaking changes not checked: ${base.ref} has no schema/api.graphql.`)
  return []
}

function allowed<Entry>(list: 'hints' | 'breaking'): Entry[] {
  return JSON.parse(onDisk(`schema/${list}-allow.json`) ?? '[]')
}

/** Whether something is stale; names it. */
function refuseStale(files: readonly string[]): boolean {
  for (const file of files) console.error(`${file} is stale: run npm run compose and commit it.`)
  return files.length > 0
}
