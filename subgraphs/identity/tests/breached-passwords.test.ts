import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isBreached } from '../passwords/breached-passwords.ts'
import { freshEmail } from './accounts.ts'

let folder: string
let world: World
const listed = Array.from({ length: 3_000 }, (_, index) => `known password ${index}`)
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
const hashes = listed.map(sha1).sort()

const fileOf = async (name: string, text: string): Promise<string> => {
  const file = path.join(folder, name)
  await writeFile(file, text)
  return file
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'breached-'))
  vi.stubEnv('BREACHED_PASSWORDS_FILE', path.join(folder, 'configured.txt'))
  world = await createWorld(['identity', 'organizations'])
})
afterAll(async () => {
  await world?.close()
  await rm(folder, { recursive: true })
})

const register = async (password: string) => {
  const input = { email: freshEmail(), password, displayName: 'Ada' }
  const { userErrors } = await world.anonymous.mutate('registerUser', input, 'isAccepted')
  return userErrors.map(({ code, path: at }) => `${at.join('.')} ${code}`)
}

describe('a list of breached passwords', () => {
  it.each([
    ['with counts', hashes.map((hash, index) => `${hash}:${index * 7}`).join('\r\n')],
    ['without', `${hashes.join('\n')}\n`],
    ['in small letters', hashes.join('\n').toLowerCase()],
  ])('is found through from the first line to the last, %s', async (name, text) => {
    const file = await fileOf(`${name}.txt`, text)
    const found = await Promise.all(listed.map((password) => isBreached(file, password)))
    expect(found.filter(Boolean)).toHaveLength(listed.length)
    const others = Array.from({ length: 300 }, (_, index) => isBreached(file, `unknown ${index}`))
    expect((await Promise.all(others)).filter(Boolean)).toEqual([])
  })

  it('may be empty or short', async () => {
    expect(await isBreached(await fileOf('empty.txt', ''), 'anything')).toBe(false)
    expect(await isBreached(await fileOf('one.txt', sha1('anything')), 'anything')).toBe(true)
  })

  it('keeps nobody out while it cannot be read, and refuses what it holds once it can', async () => {
    expect(await register('known password 7')).toEqual([])
    await fileOf('configured.txt', hashes.join('\n'))
    expect(await register('known password 7')).toEqual(['input.password PASSWORD_BREACHED'])
    expect(await register('unknown password')).toEqual([])
  })
})
