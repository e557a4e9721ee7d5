import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedDemoData } from '../../scripts/demo/seed.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'

/** A browser of the system's; npm does not bring one. */
const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
if (!browserPath) console.log('no Chromium on this machine: the IDE is not tried in a browser')

describe.runIf(browserPath)('the IDE that comes with Guildhall', () => {
  let house: RunningHouse
  let browser: Browser

  beforeAll(async () => {
    house = await openTestHouse()
    await seedDemoData(house.url, house.databaseUrl, () => {})
    browser = await chromium.launch({
      ...(browserPath ? { executablePath: browserPath } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-sync',
        '--no-first-run',
      ],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await house?.close()
  })

  it('runs a query and a live stream without asking anybody else', async () => {
    const page = await browser.newPage()
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(house.url) && !/^(data|blob):/.test(request.url()))
        elsewhere.push(request.url())
    })
    const ask = async (query: string) => {
      await page.goto(`${house.url}/explore?query=${encodeURIComponent(query)}`)
      await page.locator('.graphiql-execute-button').click()
    }
    await ask('{ events { nodes { title } } }')
    await page.locator('.result-window').getByText('Open City Hackathon').first().waitFor()

    // Nobody is logged in, so the stream says so: over the socket, which is what is to be seen here.
    const socket = page.waitForEvent('websocket')
    await ask('subscription { notificationStream { kind } }')
    expect((await socket).url()).toBe(`${house.url.replace('http', 'ws')}/graphql`)
    await page.locator('.result-window').getByText('UNAUTHORIZED_FIELD_OR_TYPE').first().waitFor()
    expect(elsewhere).toEqual([])
    await page.close()
  })
})
