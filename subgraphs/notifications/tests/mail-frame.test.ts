import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Addressed, reading } from './delivery-support.ts'
import { noticeFor, tell } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('what stands below a mail', () => {
  const footOf = async (one: Addressed) => {
    const [mail] = await world.mails(one.email)
    return [mail?.text.slice(mail.text.indexOf('-- \n')), mail?.html] as const
  }
  const cancelled = { type: 'registration.cancelled', title: 'Spring Hack was called off' } as const
  const confirmed = { type: 'registration.confirmed', title: 'Q & A' } as const

  it.each([
    ['en', 'en', 'You have this mail because you have an account at Guildhall.'],
    ['de', 'de', 'Sie erhalten diese Mail, weil Sie ein Konto bei Guildhall haben.'],
    ['de-AT', 'de', 'Sie erhalten diese Mail, weil Sie ein Konto bei Guildhall haben.'],
    ['fr', 'en', 'You have this mail because you have an account at Guildhall.'],
  ])('is written for who reads %s', async (locale, language, farewell) => {
    const one = await reading(world, locale)
    await tell(world, [noticeFor(one.userId, cancelled)])
    expect(await footOf(one)).toEqual([
      `-- \n${farewell}\n`,
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${cancelled.title}</title><h1 style="font-size:1.25rem">${cancelled.title}</h1><hr><p><small>${farewell}</small></p></html>`,
    ])
  })

  it.each([
    ['en', 'If you do not want mails of this kind any more:', 'unsubscribe'],
    ['de', 'Wenn Sie solche Mails nicht mehr möchten:', 'abbestellen'],
  ])('shows the way out in %s, which leads to a page in it', async (locale, wayOut, button) => {
    const one = await reading(world, locale)
    await tell(world, [noticeFor(one.userId, confirmed)])
    const [text, html] = await footOf(one)
    const [, link = ''] = text?.split(`${wayOut} `) ?? []
    expect(link).toMatch(
      new RegExp(
        `^http://localhost:4000/unsubscribe\\?lang=${locale}&token=${one.userId}\\.REGISTRATIONS\\.[\\w.-]+\n$`,
      ),
    )
    const href = link.trim().replace('&', '&amp;')
    expect(html).toContain(`${wayOut} <a href="${href}">${button}</a></small></p></html>`)
    expect(html).toContain('<h1 style="font-size:1.25rem">Q &amp; A</h1>')
  })
})
