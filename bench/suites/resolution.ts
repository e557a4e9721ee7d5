import { measureResolution } from '../house/resolution.ts'
import type { SuiteOptions } from '../suite.ts'

export const title = 'what it costs the router to know who is calling'

export async function run({ house }: SuiteOptions): Promise<void> {
  const { subgraphUrls, contextPrivate, issuer, token, apiKey } = await house()
  await measureResolution({
    urls: subgraphUrls,
    contextPrivate,
    issuer,
    headers: { 'session token': `Bearer ${token}`, 'API key': `Bearer ${apiKey}` },
  })
}
