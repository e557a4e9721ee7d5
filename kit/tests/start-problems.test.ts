import { once } from 'node:events'
import { chmodSync, chownSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { checkDatabase } from '../postgres/check-database.ts'
import { chooseDataFolder } from '../postgres/data-folder.ts'
import { gone } from '../postgres/process-facts.ts'
import { StartProblem } from '../postgres/start-problem.ts'
import { isReachable, unprivilegedUser } from '../postgres/unprivileged-user.ts'
import { newFolder, problemOf, start, startInChild } from './support/servers.ts'

const user = unprivilegedUser()

describe('a start that cannot be', () => {
  it('names the port that is taken', async () => {
    const rival = createServer().listen(0, '127.0.0.1')
    await once(rival, 'listening')
    const { port } = rival.address() as { port: number }
    expect(await problemOf({ dataFolder: newFolder(), port })).toBe(`Port ${port} for PostgreSQL is taken.`)
    rival.close()
  })

  it('names the data folder that cannot be used', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    expect(await problemOf({ dataFolder: file })).toBe(
      `The data folder ${file} cannot be used: a file is in its place. Choose another one with GUILDHALL_DATA.`,
    )
    expect(await problemOf({ dataFolder: join(file, 'below') })).toContain(
      'a part of the path is not a folder',
    )
  })

  it('refuses data of another version, and data without its password', async () => {
    const dataFolder = newFolder()
    await (await start({ dataFolder })).stop()
    const version = join(dataFolder, 'postgres', 'PG_VERSION')
    writeFileSync(version, '17\n')
    expect(await problemOf({ dataFolder })).toMatch(/was written by PostgreSQL 17, this is 18/)
    rmSync(version)
    expect(await problemOf({ dataFolder })).toMatch(/holds no PostgreSQL data/)
    writeFileSync(version, '18\n')
    rmSync(join(dataFolder, 'postgres.password'))
    expect(await problemOf({ dataFolder })).toMatch(/^The password file .* is missing/)
  })

  it.runIf(user)('as root, names the folder that the server could not enter', async () => {
    const closed = newFolder()
    chmodSync(closed, 0o700)
    expect(await problemOf({ dataFolder: join(closed, 'data') })).toMatch(
      /^PostgreSQL does not run as root, and the user "\w+" cannot enter /,
    )
  })

  it.runIf(user && isReachable(import.meta.dirname, user))(
    'works for an ordinary user, who may not write everywhere',
    async () => {
      const dataFolder = newFolder()
      if (user) chownSync(dataFolder, user.uid, user.gid)
      const { child, pid } = await startInChild(dataFolder, user)
      child.kill('SIGTERM')
      await once(child, 'exit')
      expect(await gone(pid, 5_000)).toBe(true)
      expect(statSync(join(dataFolder, 'postgres.password')).uid).toBe(user?.uid)

      const foreign = newFolder()
      await expect(startInChild(foreign, user)).rejects.toThrow(
        `The data folder ${foreign} cannot be used: permission denied. Choose another one with GUILDHALL_DATA.`,
      )
    },
  )
})

describe('chooseDataFolder', () => {
  it('takes what is configured, else the checkout', () => {
    const checkout = newFolder()
    chmodSync(checkout, 0o755)
    expect(chooseDataFolder({ checkout, configured: '/srv/guildhall' })).toEqual({ folder: '/srv/guildhall' })
    expect(chooseDataFolder({ checkout, configured: '' })).toEqual({ folder: join(checkout, '.guildhall') })
    expect(chooseDataFolder({ checkout })).toEqual({ folder: join(checkout, '.guildhall') })
  })

  it('never replaces what was chosen by another place', () => {
    const closed = join(newFolder(), 'closed')
    expect(chooseDataFolder({ checkout: closed, configured: closed })).toEqual({ folder: closed })
  })

  it.runIf(user)('as root, leaves a closed home and says so, one folder per place', () => {
    const closed = newFolder()
    const chosen = ['one', 'two'].map((name) => chooseDataFolder({ checkout: join(closed, name) }))
    for (const { folder, notice } of chosen) {
      expect(folder).toMatch(/^\/var\/lib\/guildhall\/[0-9a-f]{12}$/)
      expect(notice).toContain(folder)
    }
    expect(new Set(chosen.map(({ folder }) => folder)).size).toBe(2)
  })
})

describe('checkDatabase', () => {
  it('is content with a server that answers and says in one line what is wrong with another', async () => {
    await checkDatabase(inject('guildhallTemplate').replace(/\/[^/]*$/, '/postgres'))
    await expect(checkDatabase('postgres://me:secret@127.0.0.1:1/x')).rejects.toThrow(
      new StartProblem(
        'The database at 127.0.0.1:1/x cannot be used: nothing listens there. Check DATABASE_URL.',
      ),
    )
    await expect(checkDatabase('localhost:5432')).rejects.toBeInstanceOf(StartProblem)
  })
})
