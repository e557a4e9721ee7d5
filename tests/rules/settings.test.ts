import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readConfig } from '@guildhall/kit/config'
import { expect, it } from 'vitest'
import { routerTuning } from '../../scripts/house/router-tuning.ts'
import { root } from './support/sources.ts'

const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** The names of all settings, as they are declared where the environment is read. */
const settings = [
  'kit/config.ts',
  'kit/config/push.ts',
  'kit/config/router.ts',
  'kit/config/sight.ts',
].flatMap((file) => [...read(file).matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name ?? ''))

it.each(['docs/operations.md', '.env.example'])('%s tells of every setting', (file) => {
  const text = read(file)
  expect(settings.length).toBeGreaterThan(20)
  expect(settings.filter((name) => !new RegExp(`\\b${name}(_FILE)?\\b`).test(text))).toEqual([])
})

it.each(['auto', 'on', 'off'] as const)('INTROSPECTION=%s is what the router does', (introspection) => {
  expect(routerTuning(readConfig({ INTROSPECTION: introspection })).introspection).toBe(introspection)
})

it('LIVE_… are the limits of the live part of the router, which has its own where they say nothing', () => {
  const names = {
    LIVE_CONNECTIONS_PER_USER: 'connectionsPerUser',
    LIVE_CONNECTIONS_PER_ADDRESS: 'connectionsPerAddress',
    LIVE_ANONYMOUS_PER_ADDRESS: 'anonymousPerAddress',
    LIVE_ANONYMOUS: 'anonymous',
    LIVE_SUBSCRIPTIONS_PER_SOCKET: 'subscriptionsPerSocket',
    LIVE_MESSAGES_PER_SECOND: 'messagesPerSecond',
    LIVE_MESSAGE_BURST: 'messageBurst',
    LIVE_MESSAGE_BYTES: 'messageBytes',
  }
  const entries = Object.entries(names)
  const environment = Object.fromEntries(entries.map(([setting], index) => [setting, String(index + 1)]))
  const expected = Object.fromEntries(entries.map(([, limit], index) => [limit, index + 1]))
  expect(routerTuning(readConfig(environment)).live).toMatchObject(expected)
  expect(routerTuning(readConfig({})).live).toEqual({
    ...Object.fromEntries(entries.map(([, limit]) => [limit, undefined])),
    sharing: true,
  })
  expect(routerTuning(readConfig({ LIVE_SHARING: '0' })).live?.sharing).toBe(false)
})
