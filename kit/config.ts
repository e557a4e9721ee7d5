import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { json, list, switchedOn } from './config/kinds.ts'
import { pushSettings } from './config/push.ts'
import { routerSettings } from './config/router.ts'
import { sightSettings } from './config/sight.ts'

/** An OpenID Connect provider whose people may log in here. */
const oidcIssuer = z.object({
  /** Our short name for it, e.g. `keycloak`. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
  /** What people read on the button. */
  label: z.string().min(1).max(60),
  /** Issuer identifier; its `/.well-known/openid-configuration` is read. */
  issuer: z.url({ protocol: /^https?$/ }),
  /** Where that document is, if our processes reach the issuer under another address than browsers do. */
  metadataUrl: z
    .url({ protocol: /^https?$/ })
    .regex(/\/\.well-known\//, 'not the address of a document under /.well-known/')
    .optional(),
  clientId: z.string().min(1),
  /** Absent: a public client, with PKCE alone. */
  clientSecret: z.string().min(1).optional(),
  scope: z.string().default('openid email profile'),
  /** Whether somebody unknown gets an account with the first login. */
  provision: z.boolean().default(true),
  /** Set: the router takes the issuer's access tokens that name this audience, without a login here. */
  tokenAudience: z.string().min(1).optional(),
})

export type OidcIssuer = z.infer<typeof oidcIssuer>

const oidcIssuers = z
  .array(oidcIssuer)
  .max(50)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two have one name')
  .refine((all) => new Set(all.map(({ issuer }) => issuer)).size === all.length, 'two are one issuer')

/** A whole address without query and fragment: issuers add their own. */
const redirectUrl = z.url({ protocol: /^https?$/ }).regex(/^[^?#]*$/, 'has a query or a fragment')

/** No comma, so that it can be listed among the retired ones. */
const dataSecret = z
  .string()
  .min(32)
  .regex(/^[^,]*$/, 'holds a comma')

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
  ROUTER: switchedOn('0'),
  /** Whether the demo world is written on the first start. */
  DEMO_DATA: switchedOn('1'),
  /** Where the one-shot set-up of a deployment writes the keys that its processes share. */
  KEYS_FOLDER: z.string().optional(),
  CONTEXT_PRIVATE_KEY: z.string().optional(),
  CONTEXT_PUBLIC_KEY: z.string().optional(),
  SERVICES_PRIVATE_KEY: z.string().optional(),
  SERVICES_PUBLIC_KEY: z.string().optional(),
  /** Where the application that people use is served: base of the links in mails. Default: `PUBLIC_URL`. */
  APP_URL: z.url().optional(),
  /** Encrypts what must not be readable in a copy of the database (keys, second factors); absent: stored plainly. */
  DATA_SECRET: dataSecret.optional(),
  /** Secrets of before: still read, never written; rows under them are encrypted anew in the background. */
  DATA_SECRETS_RETIRED: list.pipe(z.array(dataSecret)).optional(),
  /** `smtp://…`: where mails go. Absent: into `MAIL_FOLDER`. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().default('Guildhall <guildhall@localhost>'),
  /** Where mails are written when there is no SMTP server. Absent: they are only logged. */
  MAIL_FOLDER: z.string().optional(),
  /** SHA-1 hashes of breached passwords, sorted, one `HASH[:count]` a line, as Have I Been Pwned publishes them. */
  BREACHED_PASSWORDS_FILE: z.string().optional(),
  /** "1": nobody logs in before their address is verified. */
  REQUIRE_VERIFIED_EMAIL: switchedOn('0'),
  /** External issuers of identities, see `docs/identity.md`. */
  OIDC_ISSUERS: json(oidcIssuers).default([]),
  /** Addresses of the application that an external login may come back to, compared exactly. */
  OIDC_REDIRECT_URLS: list.pipe(z.array(redirectUrl)).optional(),
  /** How long one operation of a domain in another process may take, and how many may run and wait at once. */
  SUBGRAPH_DEADLINE_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
  SUBGRAPH_CONCURRENCY: z.coerce.number().int().min(1).default(64),
  SUBGRAPH_QUEUE: z.coerce.number().int().min(0).default(256),
  /** How long a process that was told to stop keeps serving while those who route to it learn that it is not ready. */
  PRESTOP_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /** What carries events from domain to domain. */
  EVENT_TRANSPORT: z.enum(['postgres', 'nats']).default('postgres'),
  /** `nats://host:4222`, several by commas; needed by EVENT_TRANSPORT=nats. */
  NATS_URL: z.string().optional(),
  /** Name of the house's stream; two houses on one server take two. */
  NATS_STREAM: z
    .string()
    .regex(/^[a-zA-Z][\w-]{0,60}$/)
    .default('guildhall'),
  ...pushSettings,
  ...routerSettings,
  ...sightSettings,
})

/** The process's configuration, plus where other processes serve which domain. */
export type Config = z.infer<typeof schema> & {
  HOST: string
  subgraphUrls: Readonly<Record<string, string>>
}

/** Wrong configuration: one message with every problem. */
export class ConfigError extends Error {}

/**
 * Reads the environment once. `X_FILE` stands for the content of a file as the value of `X` unless that is set, so that
 * secrets need not be in the environment; `SUBGRAPH_URL_<DOMAIN>` says where a domain is served.
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
    if (!file || values[name] !== undefined) continue
    try {
      values[name] = readFileSync(file, 'utf8').trim()
    } catch {
      problems.push(`${name}_FILE: cannot read ${file}`)
    }
  }
  const parsed = schema.safeParse(values)
  const vapid = Object.keys(pushSettings).filter((name) => name.startsWith('VAPID_'))
  const missing = vapid.filter((name) => values[name] === undefined)
  if (missing.length > 0 && missing.length < vapid.length)
    problems.push(`${missing.join(', ')}: set all of ${vapid.join(', ')}, or none`)
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join('.')}: ${issue.message}`)
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(`The configuration is not usable:\n- ${problems.join('\n- ')}`)
  }
  const { data } = parsed
  const HOST = data.HOST ?? (data.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1')
  return { ...data, HOST, subgraphUrls }
}
