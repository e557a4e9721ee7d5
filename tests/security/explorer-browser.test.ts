import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'

/** A browser of the system's; npm does not bring one. */
const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
if (!browserPath) console.log('no Chromium on this machine: the explorer is not tried in a browser')

describe.runIf(browserPath)('the explorer in a real browser', () => {
  let house: RunningHouse
  let browser: Browser
  let stranger: Server

  beforeAll(async () => {
    house = await openTestHouse()
    browser = await chromium.launch({
      ...(browserPath ? { executablePath: browserPath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    })
    stranger = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<iframe src="${house.url}/explore"></iframe>`)
    })
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    await browser?.close()
    stranger?.close()
    await house?.close()
  })

  it('works under its own policy: asks for the schema, runs a query, and loads nothing from elsewhere', async () => {
    const page = await browser.newPage()
    const wrong: string[] = []
    const elsewhere: string[] = []
    page.on('pageerror', (error) => wrong.push(String(error)))
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) wrong.push(message.text())
    })
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (protocol.startsWith('http') && origin !== house.url) elsewhere.push(request.url())
    })
    const query = encodeURIComponent('{ __typename }')
    await page.goto(`${house.url}/explore?query=${query}`)
    const answered = page.waitForResponse(
      async (response) => response.url().endsWith('/graphql') && (await response.text()).includes('"Query"'),
    )
    await page.locator('.graphiql-execute-button').click({ timeout: 20_000 })
    expect((await answered).status()).toBe(200)
    await page.locator('.result-window', { hasText: '__typename' }).waitFor({ timeout: 20_000 })
    expect(wrong).toEqual([])
    expect(elsewhere).toEqual([])
    await page.close()
  })

  it('is not to be had in a frame of another site', async () => {
    const page = await browser.newPage()
    const refusals: string[] = []
    page.on('console', (message) => refusals.push(message.text()))
    const { port } = stranger.address() as AddressInfo
    await page.goto(`http://127.0.0.1:${port}/`)
    await expect.poll(() => refusals.join(), { timeout: 10_000 }).toContain('frame-ancestors')
    for (const frame of page.frames().slice(1)) {
      expect(await frame.locator('.graphiql-container').count()).toBe(0)
    }
    await page.close()
  })
})
