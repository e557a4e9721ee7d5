import { expect, it } from 'vitest'
import { queueMail } from '../mail/queue.ts'
import { done } from '../outcome.ts'
import { createWorld } from '../testing/world.ts'

it('shows the mails that a domain has sent, oldest first, to all or to one', async () => {
  const world = await createWorld(['identity'])
  const { identity } = world.host.subgraphs
  const table = identity?.definition.mail
  if (!identity || !table) throw new Error('identity sends no mails')
  const ctx = identity.ownContext()
  const mailTo = (to: string, subject: string) => ({ to, subject, text: 'Hello', kind: 'test' })
  for (const [to, subject] of [
    ['ada@example.org', 'First'],
    ['bob@example.org', 'Second'],
    ['ada@example.org', 'Third'],
  ] as const)
    await ctx.transaction('queue', async (tx) => done(await queueMail(ctx, tx, table, mailTo(to, subject))))
  expect(await world.mails()).toEqual([
    mailTo('ada@example.org', 'First'),
    mailTo('bob@example.org', 'Second'),
    mailTo('ada@example.org', 'Third'),
  ])
  expect((await world.mails('ada@example.org')).map(({ subject }) => subject)).toEqual(['First', 'Third'])
  await world.close()
})
