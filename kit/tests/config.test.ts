import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../config.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'guildhall-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('has a default for everything, and takes nothing that is not its own', () => {
  const config = readConfig({ PORT: '', UNRELATED: 'x' })
  expect(config).not.toHaveProperty('UNRELATED')
  expect(config).toMatchObject({
    NODE_ENV: 'development',
    PORT: 4000,
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://localhost:4000',
    LOG_LEVEL: 'info',
    ROUTER: '0',
    DEMO_DATA: '1',
    MAIL_FROM: 'Guildhall <guildhall@localhost>',
    REQUIRE_VERIFIED_EMAIL: '0',
    OIDC_ISSUERS: [],
    SUBGRAPH_DEADLINE_MS: 5_000,
    SUBGRAPH_CONCURRENCY: 64,
    SUBGRAPH_QUEUE: 256,
    PRESTOP_DELAY_MS: 0,
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_TRACES_SAMPLER_ARG: 1,
    EVENT_TRANSPORT: 'postgres',
    NATS_STREAM: 'guildhall',
    subgraphUrls: {},
  })
  expect(readConfig({ NODE_ENV: 'production' }).HOST).toBe('0.0.0.0')
})

it('takes addresses and networks as trusted proxies, and nothing else', () => {
  const proxies = '10.0.0.0/8, 127.0.0.1,::1, 2001:db8::/32'
  expect(readConfig({ TRUSTED_PROXIES: proxies }).TRUSTED_PROXIES).toEqual([
    '10.0.0.0/8',
    '127.0.0.1',
    '::1',
    '2001:db8::/32',
  ])
  expect(() => readConfig({ TRUSTED_PROXIES: '10.0.0.1, balancer' })).toThrow(
    'TRUSTED_PROXIES.1: not an address or network (CIDR)',
  )
})

it('reads lists, numbers and where other domains are', () => {
  expect(
    readConfig({
      PORT: '0',
      SUBGRAPHS: 'events, ,tasks ',
      DATABASE_URL: 'postgresql://h/db',
      SUBGRAPH_URL_EVENTS: 'http://events:4001/graphql',
      SUBGRAPH_URL_TASKS: '',
    }),
  ).toMatchObject({
    PORT: 0,
    SUBGRAPHS: ['events', 'tasks'],
    DATABASE_URL: 'postgresql://h/db',
    subgraphUrls: { events: 'http://events:4001/graphql' },
  })
})

it('reads a value from the file that X_FILE names', () => {
  const file = path.join(folder, 'key')
  writeFileSync(file, '{"kty":"OKP"}\n')
  expect(readConfig({ CONTEXT_PRIVATE_KEY_FILE: file }).CONTEXT_PRIVATE_KEY).toBe('{"kty":"OKP"}')
})

it('lists every problem at once', () => {
  const read = () =>
    readConfig({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://h/db',
      PUBLIC_URL: 'nowhere',
      ROUTER: 'yes',
      SUBGRAPH_URL_EVENTS: 'events:4001',
      CONTEXT_PUBLIC_KEY_FILE: path.join(folder, 'missing'),
    })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/^The configuration is not usable:\n/)
  for (const name of [
    'PORT: ',
    'LOG_LEVEL: ',
    'DATABASE_URL: ',
    'PUBLIC_URL: ',
    'ROUTER: ',
    'SUBGRAPH_URL_EVENTS: not an http',
    'CONTEXT_PUBLIC_KEY_FILE: cannot read',
  ]) {
    expect(read).toThrow(`\n- ${name}`)
  }
})
