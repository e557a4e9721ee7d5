/** Where events of a project go, and by which key. */
export interface Ingest {
  /** The address for envelopes. */
  url: string
  publicKey: string
}

/**
 * Reads a DSN: `https://<key>@<host>[/path]/<project>`, as Sentry and those who speak its protocol write it.
 *
 * @returns undefined when it is none.
 */
export function readDsn(dsn: string): Ingest | undefined {
  const url = URL.parse(dsn)
  const [, path = '', project] = /^(.*)\/([\w-]+)$/.exec(url?.pathname ?? '') ?? []
  if (!url || !/^https?:$/.test(url.protocol) || !url.username || project === undefined) return undefined
  return { url: `${url.origin}${path}/api/${project}/envelope/`, publicKey: url.username }
}
