import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { registrationConfirmed } from '@guildhall/participants/contract'
import { registerMailHooks } from '@guildhall/router/http/mail-hooks'
import { type FastifyInstance, fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const secret = 'the secret of the mail provider'
const password = 'correct horse battery staple'

let world: World
let app: FastifyInstance
beforeAll(async () => {
  world = await createWorld()
  const { notifications } = world.host.upstreams
  if (!notifications) throw new Error('notifications does not run')
  app = fastify()
  const asRouter = () => world.signer({ kind: 'service', service: 'router' })
  registerMailHooks(app, { notifications, asRouter, secret })
})
afterAll(async () => {
  await app?.close()
  await world?.close()
})

/** Somebody who reads the address that they have registered. */
async function reader(): Promise<{ userId: string; email: string }> {
  const email = `${crypto.randomUUID()}@example.org`
  await world.anonymous.mutate('registerUser', { email, password, displayName: 'Ada' }, 'isAccepted')
  const { data } = await world.service.run<{ userIdByEmail: string }>(`{ userIdByEmail(email: "${email}") }`)
  const now = world.clock.now().toISOString()
  await world.host.database.sql`
    update identity."user" set status = 'ACTIVE', email_verified_at = ${now} where email = ${email}`
  await world.settle()
  return { userId: data.userIdByEmail, email }
}

/** Notifications that somebody was mailed. */
const mailed = async (email: string) =>
  (await world.mails(email)).filter(({ kind }) => kind === 'registration.confirmed')

async function confirm(userId: string): Promise<void> {
  const ctx = world.host.subgraphs.participants?.ownContext()
  await ctx?.transaction('confirm', async (tx) => {
    await tx.emit(registrationConfirmed, {
      registrationId: newId('reg'),
      eventId: newId('evt'),
      organizationId: newId('org'),
      userId,
      eventTitle: 'City of Makers',
      number: 1,
      partySize: 1,
      category: 'PARTICIPANT',
      status: 'CONFIRMED',
      version: 1,
      actorId: null,
    })
    return done(null)
  })
}

/** The link to unsubscribe, as the first mail to somebody carries it. */
async function wayOut(reading: { userId: string; email: string }): Promise<string> {
  await confirm(reading.userId)
  const [mail] = await mailed(reading.email)
  expect(mail?.headers?.['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
  const link = /^<(.*)>$/.exec(mail?.headers?.['List-Unsubscribe'] ?? '')?.[1] ?? ''
  expect(mail?.text).toContain(link)
  return link.slice('http://localhost:4000'.length)
}

/** What stands on a page, its title twice. */
const textOf = (page: string) => page.replace(/<[^>]*>/g, '').replaceAll('\n', '')

const oneClick = (url: string) =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'List-Unsubscribe=One-Click',
  })

describe('the link in a mail', () => {
  it('asks when it is looked at, and does it by one click without a login, however often', async () => {
    const ada = await reader()
    const link = await wayOut(ada)
    const looked = await app.inject({ method: 'GET', url: link })
    expect([looked.statusCode, looked.headers['cache-control']]).toEqual([200, 'no-store'])
    expect(looked.body).toContain('<button>Unsubscribe</button>')
    await confirm(ada.userId)
    expect(await mailed(ada.email)).toHaveLength(2)
    for (const clicked of [await oneClick(link), await oneClick(link)]) {
      expect([clicked.statusCode, clicked.headers['set-cookie']]).toEqual([200, undefined])
      expect(clicked.body).toContain('You get no more mails of this kind.')
    }
    await confirm(ada.userId)
    expect(await mailed(ada.email)).toHaveLength(2)
  })

  it('speaks the language that it names, and English if that is none of ours', async () => {
    const said = async (url: string) => {
      const [asking, refused] = [await app.inject({ method: 'GET', url }), await oneClick(url)]
      return [asking, refused].map(
        ({ body }) => body.slice(body.indexOf('<html'), body.indexOf('<meta')) + textOf(body),
      )
    }
    const english = [
      '<html lang="en">UnsubscribeUnsubscribeNo more mails of this kind?Unsubscribe',
      '<html lang="en">Nothing was changedNothing was changedThis link is not complete, or too old. In your settings you can choose what is mailed to you.',
    ]
    for (const url of ['?lang=en', '?lang=fr', '?lang=de&lang=de', '?lang=%22%3E', ''])
      expect(await said(`/unsubscribe${url}`)).toEqual(english)
    expect(await said('/unsubscribe?lang=de-CH&token=nonsense')).toEqual([
      '<html lang="de">AbbestellenAbbestellenKeine solchen Mails mehr?Abbestellen',
      '<html lang="de">Nichts wurde geändertNichts wurde geändertDieser Link ist unvollständig oder zu alt. In Ihren Einstellungen wählen Sie, was Ihnen gemailt wird.',
    ])
    const link = (await wayOut(await reader())).replace('lang=en', 'lang=de')
    expect(textOf((await oneClick(link)).body)).toBe(
      'AbbestelltAbbestelltSie erhalten keine solchen Mails mehr. In Ihren Einstellungen können Sie sie wieder einschalten.',
    )
  })

  it('does nothing when it was changed, and says the same whoever it would be for', async () => {
    const ada = await reader()
    const link = await wayOut(ada)
    const other = await reader()
    const answers = await Promise.all([
      oneClick(link.replace(ada.userId, other.userId)),
      oneClick(link.replace(ada.userId, newId('usr'))),
      oneClick(link.replace('REGISTRATIONS', 'PROJECTS')),
      oneClick(link.slice(0, -3)),
      oneClick('/unsubscribe'),
    ])
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect(answers[0]?.statusCode).toBe(400)
    await confirm(other.userId)
    expect(await mailed(other.email)).toHaveLength(1)
  })
})

describe('what mail providers report', () => {
  const report = (events: unknown, authorization = `Bearer ${secret}`) =>
    app.inject({ method: 'POST', url: '/hooks/mail', headers: { authorization }, payload: { events } })
  const deliveries = async (userId: string) => {
    const { notificationDeliveries } = (
      await world.service.run<{ notificationDeliveries: { nodes: object[] } }>(
        'query ($id: ID) { notificationDeliveries(filter: { recipientId: $id, channel: [EMAIL] }) { nodes { status reason type } } }',
        { id: userId },
      )
    ).data
    return notificationDeliveries.nodes.filter((node) =>
      JSON.stringify(node).includes('registration.confirmed'),
    )
  }
  const type = 'registration.confirmed'

  it('ends mails to an address that does not work, told twice or not', async () => {
    const ada = await reader()
    await confirm(ada.userId)
    await world.settle()
    const [row] = await world.host.database.sql`
      select id from notifications.delivery where type = ${type} and channel = 'EMAIL' order by id desc limit 1`
    const messageId = `<${row?.id}@localhost>`
    expect((await report([{ type: 'DELIVERED', address: ada.email, messageId }])).statusCode).toBe(204)
    expect(await deliveries(ada.userId)).toEqual([{ status: 'DELIVERED', reason: null, type }])
    const bounced = [{ type: 'BOUNCE', address: ada.email.toUpperCase(), messageId }]
    expect(
      (await Promise.all([report(bounced), report(bounced)])).map((answer) => answer.statusCode),
    ).toEqual([204, 204])
    await confirm(ada.userId)
    expect(await mailed(ada.email)).toHaveLength(1)
    expect(await deliveries(ada.userId)).toEqual(
      expect.arrayContaining([
        { status: 'BOUNCED', reason: 'BOUNCE', type },
        { status: 'SKIPPED', reason: 'SUPPRESSED', type },
      ]),
    )
    const listed = await world.service.run<{ mailSuppressions: { nodes: { id: string; reason: string }[] } }>(
      'query ($address: String) { mailSuppressions(address: $address) { nodes { id reason } } }',
      { address: ada.email },
    )
    const [entry, ...others] = listed.data.mailSuppressions.nodes
    expect([entry?.reason, others]).toEqual(['BOUNCE', []])
    await world.service.mutate('liftMailSuppression', { id: entry?.id }, 'isLifted')
    await confirm(ada.userId)
    expect(await mailed(ada.email)).toHaveLength(2)
  })

  it('is believed from whoever knows the secret, and only if it can be read', async () => {
    const event = { type: 'COMPLAINT', address: 'nobody@example.org' }
    const codes = [
      await report([event], 'Bearer something else entirely'),
      await report([event], ''),
      await report([{ ...event, type: 'OPENED' }]),
      await report('all of them'),
      await report(Array.from({ length: 501 }, () => event)),
    ].map(({ statusCode }) => statusCode)
    expect(codes.every((code) => code >= 400)).toBe(true)
    const { data } = await world.service.run<{ mailSuppressions: { totalCount: number } }>(
      '{ mailSuppressions(address: "nobody@example.org") { totalCount } }',
    )
    expect(data.mailSuppressions.totalCount).toBe(0)
  })
})
