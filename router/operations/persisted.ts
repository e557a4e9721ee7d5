import { hash } from 'node:crypto'
import type { Log } from '@guildhall/kit/log'
import { type DocumentNode, GraphQLError, parse } from 'graphql'
import { createLru } from '../lru.ts'
import { followManifest } from './persisted-manifest.ts'
import { asksOnlyForSchema, normalized, outline } from './safelist.ts'

/**
 * What may be asked. `off`: texts only. `apq`: texts, and the hashes of texts that were sent before or stand in the
 * manifest. `log`: the same, and texts that do not stand in the manifest are written to the log. `safelist`: only what
 * stands in the manifest, by id or as text. `ids`: only that, by id.
 */
export type PersistedMode = 'off' | 'apq' | 'log' | 'safelist' | 'ids'

/** What an operator may decide about persisted operations. */
export interface PersistedTuning {
  /** Default: `apq`. */
  mode?: PersistedMode | undefined
  /** A manifest as Apollo's `generate-persisted-query-manifest` writes it; read again when it changes. */
  file?: string | undefined
}

/** What a client sent to say which operation it wants, over any transport. */
export interface SentOperation {
  query?: string | null | undefined
  extensions?: Readonly<Record<string, unknown>> | null | undefined
}

/** Knows operations by id. One for all transports, so that all give the same verdicts. */
export interface PersistedOperations {
  /**
   * The text to run, or why there is none. Over sockets, where the protocol wants a `query`, an empty one counts as
   * left out.
   */
  textOf(sent: SentOperation): string | GraphQLError
  /** What the operations of the manifest are called. */
  names(): ReadonlySet<string>
  close(): void
}

export interface PersistedOptions extends PersistedTuning {
  log: Log
  /** Most tokens of a document. */
  maxTokens: number
  /** Whether the schema may be asked for; then a safelist lets that through, too. */
  introspection: boolean
  /** Texts that pages of our own send. */
  ownTexts?: readonly string[]
}

/** Characters of texts remembered by their hashes, in all: a few thousand operations. */
const maxRememberedCharacters = 8 * 1024 * 1024

/** Short texts take room, too: their hash and their place in the map. */
const weigh = (text: string): number => text.length + 200

/** Each text outside of the manifest is logged once, as long as there are not more. */
const maxTold = 2_000

/** @throws ConfigError when the manifest is missing or cannot be used. */
export function createPersistedOperations(options: PersistedOptions): PersistedOperations {
  const { mode = 'apq', maxTokens, log, introspection } = options
  const manifest = followManifest(mode, options.file, log)
  const own = new Set(options.ownTexts)
  const remembered = createLru<string, string>(maxRememberedCharacters, weigh)
  const told = createLru<string, true>(maxTold)
  const isStrict = mode === 'safelist' || mode === 'ids'

  const tell = (text: string, document: DocumentNode) => {
    const sha256 = hash('sha256', text)
    if (told.get(sha256)) return
    told.set(sha256, true)
    log.warn({ sha256, text: outline(document) }, 'operation is not in the manifest')
  }
  /** The verdict on a text that was not asked for by an id of the manifest. */
  const judge = (text: string): string | GraphQLError => {
    if (mode === 'off' || mode === 'apq' || own.has(text)) return text
    if (mode === 'ids') return idRequired()
    const { texts, found } = manifest.current()
    if (found.get(text) !== undefined) return text
    let document: DocumentNode
    try {
      document = parse(text, { maxTokens, noLocation: true })
    } catch {
      // Where any text may be sent, the next step tells what is wrong with it.
      return mode === 'log' ? text : notInList()
    }
    if (texts.has(normalized(document))) found.set(text, text)
    else if (mode === 'log') tell(text, document)
    else if (!introspection || !asksOnlyForSchema(document)) return notInList()
    return text
  }

  return {
    textOf({ query, extensions }) {
      const asked = extensions?.persistedQuery
      if (asked === undefined || asked === null) return query ? judge(query) : noQuery()
      if (mode === 'off') return notSupported()
      const id = idOf(asked)
      if (id === undefined) return malformed()
      if (!query) {
        const text = manifest.current().bodies.get(id)
        if (text !== undefined) return text
        if (isStrict) return notInList()
        const known = remembered.get(id)
        return known === undefined ? notFound() : judge(known)
      }
      // Otherwise a later caller would run what somebody else gave out as theirs.
      if (hash('sha256', query) !== id) return mismatch()
      if (!isStrict) remembered.set(id, query)
      return judge(query)
    },
    names: () => manifest.current().names,
    close: () => manifest.close(),
  }
}

/** As Apollo's clients send it: `{ version: 1, sha256Hash }`; ids of a manifest stand in the place of the hash. */
function idOf(asked: unknown): string | undefined {
  if (typeof asked !== 'object' || asked === null) return undefined
  const { version, sha256Hash } = asked as Record<string, unknown>
  return version === 1 && typeof sha256Hash === 'string' && sha256Hash !== '' ? sha256Hash : undefined
}

const refusal = (code: string, message: string, status = 400) =>
  new GraphQLError(message, { extensions: { code, http: { status } } })

// Apollo's clients read these two messages, too, and send the text after them; the answer is no failure of HTTP.
const notFound = () => refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', 200)
const notSupported = () => refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported', 200)

const noQuery = () =>
  refusal('BAD_REQUEST', 'The request has neither `query` nor `extensions.persistedQuery`.')
const malformed = () =>
  refusal('BAD_REQUEST', '`extensions.persistedQuery` is not `{ version: 1, sha256Hash }`.')
const mismatch = () => refusal('BAD_REQUEST', 'The hash is not that of the query.')
const notInList = () =>
  refusal('PERSISTED_QUERY_NOT_IN_LIST', 'The operation is not among those that are allowed here.')
const idRequired = () =>
  refusal('PERSISTED_QUERY_ID_REQUIRED', 'Operations are taken by their id only, not as text.')
