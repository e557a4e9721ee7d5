import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { identity } from '../postgres/cluster.ts'
import { freePort } from '../postgres/free-port.ts'
import { nativeBinaries } from '../postgres/native-binaries.ts'
import { isAlive } from '../postgres/process-facts.ts'
import { unprivilegedUser } from '../postgres/unprivileged-user.ts'
import { newFolder, problemOf, query, root, start, startInChild } from './support/servers.ts'

describe('a durable server', () => {
  it('keeps its data, asks for its password and leaves no process', async () => {
    const dataFolder = join(root, 'not', 'there', 'yet')
    const first = await start({ dataFolder })
    await query(first.url, (sql) => sql`create table kept as select 42 as answer`)
    await first.stop()
    await first.stop()
    expect(isAlive(first.pid)).toBe(false)

    const second = await start({ dataFolder, port: await freePort() })
    expect(await query(second.url, (sql) => sql`select answer from kept`)).toEqual([{ answer: 42 }])
    expect(statSync(join(dataFolder, 'postgres.password')).mode & 0o777).toBe(0o600)
    const guess = second.url.replace(/:[^:@]+@/, ':guess@')
    await expect(query(guess, (sql) => sql`select 1`)).rejects.toThrow('password authentication failed')
  })

  it('sorts and folds case alike on every system', async () => {
    const { url } = await start({ dataFolder: newFolder() })
    const [row] = await query(
      url,
      (sql) => sql`
      select lower('ÄÖÉ') as lower, datlocprovider as provider, current_setting('timezone') as zone
      from pg_database where datname = current_database()`,
    )
    expect(row).toEqual({ lower: 'äöé', provider: 'b', zone: 'UTC' })
  })

  it('refuses a second start on the same data', async () => {
    const dataFolder = newFolder()
    const attempts = await Promise.allSettled([start({ dataFolder }), start({ dataFolder })])
    expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await problemOf({ dataFolder })).toBe(
      `Guildhall already runs on the data in ${dataFolder} (process ${process.pid}): stop it, or choose another folder with GUILDHALL_DATA.`,
    )
  })

  it('ends when its process is killed, and the next start has the data', async () => {
    const dataFolder = newFolder()
    const { child, pid } = await startInChild(dataFolder)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const { url } = await start({ dataFolder })
    expect(isAlive(pid)).toBe(false)
    expect(await query(url, (sql) => sql`select answer from kept`)).toEqual([{ answer: 42 }])
  })

  it('ends a server that was left running', async () => {
    const dataFolder = newFolder()
    await (await start({ dataFolder })).stop()
    const data = join(dataFolder, 'postgres')
    const owner = unprivilegedUser(statSync(data).uid)
    const left = spawn(
      nativeBinaries(owner)('postgres'),
      ['-D', data, '-p', String(await freePort()), '-k', ''],
      {
        ...identity(owner),
        stdio: 'ignore',
      },
    )
    await until(() => read(join(data, 'postmaster.pid')).includes('ready'))
    await start({ dataFolder })
    expect(left.exitCode).toBe(0)
  })

  it('is not deceived by the pid file or the lock of a process that is gone', async () => {
    const dataFolder = newFolder()
    const first = await start({ dataFolder })
    await first.stop()
    // Our own parent's id: alive, and no server of this folder.
    writeFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), `${process.ppid}\n${dataFolder}\n1\n`)
    writeFileSync(join(dataFolder, 'lock'), JSON.stringify({ pid: process.ppid, start: 'long ago' }))
    const second = await start({ dataFolder })
    expect(isAlive(second.pid)).toBe(true)
    expect(isAlive(process.ppid)).toBe(true)
  })

  it('starts afresh when the first start was cut off', async () => {
    const dataFolder = newFolder()
    mkdirSync(join(dataFolder, 'postgres.new'))
    writeFileSync(join(dataFolder, 'postgres.new', 'PG_VERSION'), '18')
    const { url } = await start({ dataFolder })
    expect(await query(url, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }])
  })
})

describe('an ephemeral server', () => {
  it('is gone with its files after stop', async () => {
    const server = await start({ dataFolder: '', ephemeral: true })
    const [row] = await query(server.url, (sql) => sql`select current_setting('data_directory') as data`)
    await server.stop()
    expect(isAlive(server.pid)).toBe(false)
    expect(existsSync(dirname(row?.data))).toBe(false)
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
