import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cloneDatabase, dropDatabase } from '@guildhall/kit/postgres/test-cluster'
import { createVault } from '@guildhall/kit/vault'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'

/** Each run is a process that loads every domain. */
const processesMs = 120_000
const folder = mkdtempSync(path.join(tmpdir(), 'guildhall-setup-'))
let databaseUrl: string
beforeAll(async () => {
  databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await dropDatabase(databaseUrl)
})

/** Runs a script as a container would. */
const run = (script: string, environment: Record<string, string>) =>
  spawnSync(process.execPath, [path.join(import.meta.dirname, '..', '..', 'scripts', script)], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', DATABASE_URL: databaseUrl, ...environment },
    encoding: 'utf8',
  })

/** File → what is in it. */
const written = () =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  )

it(
  'writes the keys and the secret of the data once, and what was written stays',
  () => {
    const setUp = () => run('setup.ts', { KEYS_FOLDER: folder, DEMO_DATA: '0' })
    expect(setUp()).toMatchObject({ status: 0, stderr: '' })
    const first = written()
    expect(Object.keys(first).sort()).toEqual([
      'router/CONTEXT_PRIVATE_KEY',
      'services/CONTEXT_PUBLIC_KEY',
      'services/DATA_SECRET',
      'services/SERVICES_PRIVATE_KEY',
      'services/SERVICES_PUBLIC_KEY',
    ])
    expect(first['services/DATA_SECRET']).toMatch(/^[\w-]{43}$/)
    // An installation of before there was a secret gets one, and keeps its keys.
    rmSync(path.join(folder, 'services/DATA_SECRET'), { force: true })
    expect(setUp()).toMatchObject({ status: 0, stderr: '' })
    const second = written()
    expect(second).toEqual({ ...first, 'services/DATA_SECRET': expect.stringMatching(/^[\w-]{43}$/) })
    expect(setUp()).toMatchObject({ status: 0, stderr: '' })
    expect(written()).toEqual(second)
  },
  processesMs,
)

it(
  'makes a set of keys anew that a stopped run has left incomplete, and keeps the secret',
  () => {
    const before = written()
    rmSync(path.join(folder, 'services/SERVICES_PUBLIC_KEY'))
    expect(run('setup.ts', { KEYS_FOLDER: folder, DEMO_DATA: '0' })).toMatchObject({ status: 0, stderr: '' })
    const after = written()
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort())
    for (const [name, content] of Object.entries(before)) {
      if (name === 'services/DATA_SECRET') expect(after[name]).toBe(content)
      else expect(after[name]).not.toBe(content)
    }
  },
  processesMs,
)

it(
  'seals the demo world under a secret that an operator wrote, as the domains read it',
  async () => {
    const keys = mkdtempSync(path.join(tmpdir(), 'guildhall-setup-'))
    const secret = 'written by an operator with an editor'
    mkdirSync(path.join(keys, 'services'))
    writeFileSync(path.join(keys, 'services/DATA_SECRET'), `${secret}\n`)
    expect(run('setup.ts', { KEYS_FOLDER: keys, DEMO_DATA: '1' })).toMatchObject({ status: 0, stderr: '' })
    rmSync(keys, { recursive: true })
    const { currentPrefix } = createVault({ current: secret })
    const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
    const sealed = await sql`
      select distinct left(private_jwk, ${currentPrefix.length}) as prefix
      from identity.signing_key where private_jwk is not null`
    await sql.end()
    expect(sealed).toEqual([{ prefix: currentPrefix }])
  },
  processesMs,
)

it(
  'serves no domain in production without a secret of the data, and says so in one line',
  () => {
    const key = (name: string) => path.join(folder, 'services', name)
    const { status, stderr } = run('serve.ts', {
      SUBGRAPHS: 'identity',
      PORT: '0',
      CONTEXT_PUBLIC_KEY_FILE: key('CONTEXT_PUBLIC_KEY'),
      SERVICES_PUBLIC_KEY_FILE: key('SERVICES_PUBLIC_KEY'),
      SERVICES_PRIVATE_KEY_FILE: key('SERVICES_PRIVATE_KEY'),
    })
    expect(status).toBe(1)
    expect(stderr).toBe(
      'DATA_SECRET (or DATA_SECRET_FILE) is not set: in production nothing secret is kept plainly.\n',
    )
  },
  processesMs,
)
