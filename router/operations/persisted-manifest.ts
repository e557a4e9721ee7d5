import { readFileSync } from 'node:fs'
import { ConfigError } from '@guildhall/kit/config'
import type { Log } from '@guildhall/kit/log'
import { getOperationAST, parse } from 'graphql'
import { z } from 'zod'
import { followFile } from '../follow-file.ts'
import { createLru, type Lru } from '../lru.ts'
import type { PersistedMode } from './persisted.ts'
import { normalized } from './safelist.ts'

/** The operations of a manifest. */
export interface Manifest {
  /** Id → text. */
  bodies: ReadonlyMap<string, string>
  /** The normalized texts. */
  texts: ReadonlySet<string>
  /** What the operations are called. */
  names: ReadonlySet<string>
  /** Texts as clients sent them lately that are among the operations: they need no parsing again. */
  found: Lru<string, string>
}

/** A manifest in a file that may change. */
export interface FollowedManifest {
  current(): Manifest
  close(): void
}

// What `generate-persisted-query-manifest` writes; what else stands there is for others.
const format = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
})

/** A changed file is seen after so long at most. */
const lookEveryMs = 1_000
const maxFoundCharacters = 4 * 1024 * 1024

/**
 * Reads the manifest, and again when it changes; a broken one is told in the log, and the one of before stays.
 *
 * @throws ConfigError when it cannot be used at first.
 */
export function followManifest(mode: PersistedMode, file: string | undefined, log: Log): FollowedManifest {
  if (mode === 'off' || (mode === 'apq' && file === undefined)) return { current: () => none, close() {} }
  if (file === undefined) {
    throw new ConfigError(`PERSISTED_OPERATIONS_MODE is "${mode}", which needs PERSISTED_OPERATIONS_FILE.`)
  }
  const reread = () => {
    try {
      manifest = readManifest(file)
      log.info({ operations: manifest.bodies.size }, 'persisted operations read again')
    } catch (error) {
      log.error({ err: error }, 'persisted operations could not be read again, those of before stay')
    }
  }
  const close = followFile(file, lookEveryMs, reread)
  let manifest: Manifest
  try {
    manifest = readManifest(file)
  } catch (error) {
    close()
    throw error
  }
  return { current: () => manifest, close }
}

const none: Manifest = { bodies: new Map(), texts: new Set(), names: new Set(), found: createLru(1) }

/** @throws ConfigError with every problem. */
function readManifest(file: string): Manifest {
  const problems: string[] = []
  const bodies = new Map<string, string>()
  const texts = new Set<string>()
  const names = new Set<string>()
  for (const { id, body } of parseManifest(file)) {
    if (bodies.has(id) && bodies.get(id) !== body) problems.push(`two operations have the id ${id}`)
    bodies.set(id, body)
    try {
      const document = parse(body, { noLocation: true })
      texts.add(normalized(document))
      const name = getOperationAST(document)?.name?.value
      if (name !== undefined) names.add(name)
    } catch (error) {
      problems.push(`${id} is not GraphQL: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (problems.length > 0) throw unusable(file, problems)
  return { bodies, texts, names, found: createLru(maxFoundCharacters, (text) => text.length) }
}

function parseManifest(file: string): { id: string; body: string }[] {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw unusable(file, [error instanceof SyntaxError ? 'not JSON' : 'cannot be read'])
  }
  const { data, error } = format.safeParse(content)
  if (data) return data.operations
  throw unusable(
    file,
    error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`),
  )
}

const maxProblems = 10

const unusable = (file: string, problems: readonly string[]) =>
  new ConfigError(
    `PERSISTED_OPERATIONS_FILE (${file}) is no usable manifest of persisted operations:\n- ${problems.slice(0, maxProblems).join('\n- ')}`,
  )
