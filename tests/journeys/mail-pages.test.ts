import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { recordingTransport } from '@guildhall/kit/testing/recording-transport'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestClient } from '../support/client.ts'
import { openTestHouse } from '../support/houses.ts'

const mail = recordingTransport()
const browserPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync)
if (!browserPath)
  console.log('no Chromium on this machine: the pages behind mails are not tried in a browser')

let house: Awaited<ReturnType<typeof openTestHouse>>
beforeAll(async () => {
  house = await openTestHouse({ mail })
})
afterAll(() => house?.close())

const password = 'correct horse battery staple'

/** The path of the link in the latest mail to an address. */
async function linkTo(email: string): Promise<string> {
  await house.house.host.settle()
  const text =
    mail
      .sent()
      .filter(({ to }) => to === email)
      .at(-1)?.text ?? ''
  const link = /https?:\/\/\S+/.exec(text)?.[0]
  if (!link) throw new Error(`no link was mailed to ${email}`)
  return link.slice('http://localhost:4000'.length)
}

async function register(): Promise<string> {
  const email = `${crypto.randomUUID()}@example.org`
  await createTestClient(house.url).mutate(
    'registerUser',
    { email, password, displayName: 'Ada' },
    'isAccepted',
  )
  return email
}

const logIn = (email: string, attempt: string) =>
  createTestClient(house.url).request<{ login: { tokens: object | null; user: object } }>(
    'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }',
    { input: { email, password: attempt } },
  )

it('pages behind the links in mails run their own script alone, and tell nobody of the token', async () => {
  const response = await fetch(house.url + (await linkTo(await register())))
  const html = await response.text()
  const only = (tag: string) => {
    const text = html.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? ''
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  }
  expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${only('script')}`,
    `style-src ${only('style')}`,
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ])
  expect(response.headers.get('referrer-policy')).toBe('no-referrer')
  expect(response.headers.get('cache-control')).toBe('no-store')
})

describe.runIf(browserPath)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({
      ...(browserPath ? { executablePath: browserPath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    })
  })
  afterAll(() => browser?.close())

  const open = async (path: string): Promise<Page> => {
    const page = await browser.newPage()
    await page.goto(house.url + path)
    return page
  }

  it('an address is verified by a click, and not by looking at the page', async () => {
    const email = await register()
    const link = await linkTo(email)
    const isVerified = async () => {
      const sql = house.house.host.database.sql
      const [row] = await sql`select email_verified_at from identity."user" where email = ${email}`
      return row?.email_verified_at !== null
    }
    const page = await open(link)
    expect(await isVerified()).toBe(false)
    await page.getByRole('button').click()
    await page.getByText('Your address is verified.').waitFor()
    expect(await isVerified()).toBe(true)
    await page.reload()
    await page.getByRole('button').click()
    await page.getByRole('status').filter({ hasText: /\S/ }).waitFor()
    expect(await page.locator('form').count()).toBe(1)
  })

  it('a forgotten password is asked for and replaced', async () => {
    const email = await register()
    const asking = await open('/reset-password')
    await asking.getByLabel('Your e-mail address').fill(email)
    await asking.getByRole('button').click()
    await asking.getByText('Look at your mail.').waitFor()
    const page = await open(await linkTo(email))
    await page.getByLabel('New password').fill('a staple for the horse')
    await page.getByRole('button').click()
    await page.getByText('Your password is changed.').waitFor()
    expect((await logIn(email, password)).data.login.tokens).toBeNull()
    expect((await logIn(email, 'a staple for the horse')).data.login.tokens).not.toBeNull()
  })
})
