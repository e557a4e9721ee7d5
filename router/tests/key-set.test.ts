import { createLog } from '@guildhall/kit/log'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKeySet } from '../callers/key-set.ts'

/** An issuer whose keys and health a test decides. */
async function issuer() {
  const state = { asked: 0, isAway: false, jwks: [await newKey('k1')] as JWK[] }
  const keys = createKeySet({
    log: createLog('silent'),
    fetch: async () => {
      state.asked += 1
      const published = state.jwks
      await Promise.resolve()
      if (state.isAway) throw new Error('away')
      return published
    },
  })
  const find = (kid: string) =>
    keys.find({ alg: 'EdDSA', kid }, { payload: '', signature: '' }).then(
      () => 'found',
      (error: { code?: string; extensions?: { code: string }; message: string }) =>
        error.code ?? error.extensions?.code ?? error.message,
    )
  return { state, keys, find }
}

const newKey = async (kid: string): Promise<JWK> => ({
  ...(await exportJWK((await generateKeyPair('EdDSA')).publicKey)),
  kid,
  alg: 'EdDSA',
})

const unknown = 'ERR_JWKS_NO_MATCHING_KEY'

describe('keys of an issuer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('are asked for once in thirty seconds because of unknown ids, however many come in', async () => {
    const { state, find } = await issuer()
    expect(await find('k1')).toBe('found')
    const storm = () => Promise.all(Array.from({ length: 1_000 }, (_, i) => find(`made-up-${i}`)))
    expect(new Set(await storm())).toEqual(new Set([unknown]))
    expect(state.asked).toBe(2)
    vi.advanceTimersByTime(29_000)
    await storm()
    expect([state.asked, await find('k1')]).toEqual([2, 'found'])
    vi.advanceTimersByTime(2_000)
    state.jwks = [...state.jwks, await newKey('k2')]
    expect(await find('k2')).toBe('found')
    expect(state.asked).toBe(3)
  })

  it('go on working when they are old and the issuer is away, which is asked once a second', async () => {
    const { state, find } = await issuer()
    await find('k1')
    state.isAway = true
    vi.advanceTimersByTime(3_600_000)
    for (let i = 0; i < 100; i++) expect(await find('k1')).toBe('found')
    expect(state.asked).toBe(2)
    vi.advanceTimersByTime(1_500)
    expect(await find('k1')).toBe('found')
    expect(state.asked).toBe(3)
  })

  it('are trusted no longer than five minutes after they were taken back', async () => {
    const { state, find } = await issuer()
    await find('k1')
    state.jwks = [await newKey('k2')]
    expect(await find('k1')).toBe('found')
    vi.advanceTimersByTime(301_000)
    await find('k1')
    await vi.waitFor(async () => expect(await find('k1')).toBe(unknown))
  })

  it('that were distrusted are gone before the issuer answers, also from an answer that was under way', async () => {
    const { state, keys, find } = await issuer()
    const losses = vi.fn<() => void>()
    keys.onLoss(losses)
    await find('k1')
    keys.renew()
    state.jwks = [await newKey('k2')]
    keys.distrust()
    expect(losses).toHaveBeenCalledTimes(1)
    expect(await find('k1')).toBe(unknown)
    expect(await find('k2')).toBe('found')
  })

  it('that were distrusted while they were on their way are waited for once more', async () => {
    const { state, keys } = await issuer()
    const after = [await newKey('k2')]
    const first = keys.all()
    state.jwks = after
    keys.distrust()
    expect((await first).map(({ kid }) => kid)).toEqual(['k2'])
  })

  it('that were distrusted are not used again because the issuer is away', async () => {
    const { state, keys, find } = await issuer()
    await find('k1')
    state.isAway = true
    keys.distrust()
    expect(await find('k1')).toBe('away')
    expect(await find('k1')).toBe('SERVICE_UNAVAILABLE')
  })
})
