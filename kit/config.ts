import { readFileSync } from 'node:fs'
import { z } from 'zod'

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)

const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  /** Default: this machine alone in development, every interface in production (a container). */
  HOST: z.string().optional(),
  PUBLIC_URL: z.url().default('http://localhost:4000'),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Absent: the embedded server is started. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Folder of the embedded server's data. */
  GUILDHALL_DATA: z.string().optional(),
  /** Domains this process serves over HTTP (split mode). */
  SUBGRAPHS: list.optional(),
  /** "1": this process is the router alone (split mode). */
  ROUTER: z.enum(['0', '1']).default('0'),
  /** Whether the demo world is written on the first start. */
  DEMO_DATA: z.enum(['0', '1']).default('1'),
  /** Where the one-shot set-up of a deployment writes the keys that its processes share. */
  KEYS_FOLDER: z.string().optional(),
  CONTEXT_PRIVATE_KEY: z.string().optional(),
  CONTEXT_PUBLIC_KEY: z.string().optional(),
  SERVICES_PRIVATE_KEY: z.string().optional(),
  SERVICES_PUBLIC_KEY: z.string().optional(),
  CORS_ORIGINS: list.optional(),
  /** Encrypts what must not be readable in a copy of the database (signing keys); absent: stored plainly. */
  DATA_SECRET: z.string().min(32).optional(),
})

/** The process's configuration, plus where other processes serve which domain. */
export type Config = z.infer<typeof schema> & { HOST: string; subgraphUrls: Readonly<Record<string, string>> }

/** Wrong configuration: one message with every problem. */
export class ConfigError extends Error {}

/**
 * Reads the environment once. `X_FILE` stands for the content of a file as the value of `X`, so that secrets need
 * not be in the environment; `SUBGRAPH_URL_<DOMAIN>` says where a domain is served.
 *
 * @throws ConfigError listing every problem.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const values: Record<string, string> = {}
  const subgraphUrls: Record<string, string> = {}
  const problems: string[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === '') continue
    if (name.startsWith('SUBGRAPH_URL_'))
      subgraphUrls[name.slice('SUBGRAPH_URL_'.length).toLowerCase()] = value
    else values[name] = value
  }
  for (const [domain, url] of Object.entries(subgraphUrls)) {
    if (!z.url({ protocol: /^https?$/ }).safeParse(url).success) {
      problems.push(`SUBGRAPH_URL_${domain.toUpperCase()}: not an http or https URL`)
    }
  }
  for (const name of Object.keys(schema.shape)) {
    const file = environment[`${name}_FILE`]
    if (!file) continue
    try {
      values[name] = readFileSync(file, 'utf8').trim()
    } catch {
      problems.push(`${name}_FILE: cannot read ${file}`)
    }
  }
  const parsed = schema.safeParse(values)
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join('.')}: ${issue.message}`)
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(`The configuration is not usable:\n- ${problems.join('\n- ')}`)
  }
  const { data } = parsed
  return {
    ...data,
    HOST: data.HOST ?? (data.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1'),
    subgraphUrls,
  }
}
