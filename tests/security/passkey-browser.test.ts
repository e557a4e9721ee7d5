import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'

/** A browser of the system's; npm does not bring one. */
const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
if (!browserPath) console.log('no Chromium on this machine: passkeys are not tried in a browser')

/** Where a house without configuration says that its application is. */
const application = 'http://localhost:4000'

describe.runIf(browserPath)('passkeys in a real browser', () => {
  let house: RunningHouse
  let browser: Browser

  beforeAll(async () => {
    house = await openTestHouse()
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

  it('are made, log in and step up, with the calls of docs/protocol.md', async () => {
    const page = await pageWithAuthenticator(application)
    const ada = await newPerson(house.url, 'Ada')
    const creation = await ada.mutate<Begun>('startPasskeyRegistration', {}, 'options')
    await ada.mutate(
      'finishPasskeyRegistration',
      { response: await create(page, creation.options), label: 'Laptop' },
      'passkey { id }',
    )

    const stranger = createTestClient(house.url)
    const { options } = await stranger.mutate<Begun>('startPasskeyLogin', {}, 'options')
    const { tokens, user } = await stranger.mutate<{ tokens: { accessToken: string }; user: { id: string } }>(
      'finishPasskeyLogin',
      { response: await get(page, options) },
      'tokens { accessToken } user { id }',
    )
    expect(user.id).toBe(ada.userId)

    stranger.accessToken = tokens.accessToken
    const again = await stranger.mutate<Begun>('startPasskeyStepUp', {}, 'options')
    const stepped = await stranger.mutate<{ stepUpExpiresAt: string }>(
      'stepUp',
      { passkey: await get(page, again.options) },
      'stepUpExpiresAt',
    )
    expect(Date.parse(stepped.stepUpExpiresAt)).toBeGreaterThan(Date.now())
    await page.close()
  })

  it('are not even asked for on another site', async () => {
    const page = await pageWithAuthenticator('https://evil.example')
    const stranger = createTestClient(house.url)
    const { options } = await stranger.mutate<Begun>('startPasskeyLogin', {}, 'options')
    await expect(get(page, options)).rejects.toThrow('SecurityError')
    await page.close()
  })

  /** An empty page of this origin, in a browser that has an authenticator which recognizes its owner. */
  async function pageWithAuthenticator(origin: string): Promise<Page> {
    const page = await browser.newPage({ ignoreHTTPSErrors: true })
    await page.route(`${origin}/**`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<p>App</p>' }),
    )
    await page.goto(`${origin}/`)
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    return page
  }
})

interface Begun {
  options: string
}

const create = (page: Page, options: string): Promise<string> =>
  inBrowser(page, 'create', 'Creation', options)
const get = (page: Page, options: string): Promise<string> => inBrowser(page, 'get', 'Request', options)

const inBrowser = (page: Page, call: string, kind: string, options: string): Promise<string> =>
  page.evaluate(`navigator.credentials.${call}({
    publicKey: PublicKeyCredential.parse${kind}OptionsFromJSON(${options})
  }).then((credential) => JSON.stringify(credential))`)
