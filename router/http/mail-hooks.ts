import { createHash, timingSafeEqual } from 'node:crypto'
import { ServiceUnavailable, Unauthenticated } from '@guildhall/kit/errors'
import { type Language, languageOf } from '@guildhall/kit/languages'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { badRequest } from './refusals.ts'

export interface MailHookOptions {
  /** The domain of notifications. */
  notifications: SubgraphUpstream
  /** Our own signed context, as the service that the router is. */
  asRouter(): Promise<string>
  /** Whoever knows it may report what became of mails; absent: nobody may. */
  secret?: string | undefined
}

/** One click in a mail program: nothing here is large. */
const maxFormBytes = 16 * 1024

/**
 * What the mails of notifications need of the house wherever the application is: their links to unsubscribe, for people
 * and (RFC 8058) for the mail programs that click in their stead, and the place where providers report bounces.
 */
export function registerMailHooks(app: FastifyInstance, options: MailHookOptions): void {
  // In a scope of its own: nowhere else is a form anything but refused.
  void app.register(async (scope) => {
    // Mail programs send one or the other, and all that matters stands in the address.
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data'])
      scope.addContentTypeParser(type, { parseAs: 'string' }, (_request, _body, done) => done(null, null))
    scope.get<{ Querystring: Link }>('/unsubscribe', async ({ query: { lang } }, reply) => {
      // Programs that look into mails follow links: only the button does something.
      return page(reply, readBy(lang), 'asking')
    })
    scope.post<{ Querystring: Link }>(
      '/unsubscribe',
      { bodyLimit: maxFormBytes },
      async ({ query: { token, lang } }, reply) => {
        const { unsubscribe } = await ask(options, unsubscribed, unsubscribeMutation, {
          token: typeof token === 'string' ? token : '',
        })
        return unsubscribe.userErrors.length === 0
          ? page(reply, readBy(lang), 'done')
          : page(reply.code(400), readBy(lang), 'invalid')
      },
    )
  })

  const { secret } = options
  if (secret === undefined) return
  app.post('/hooks/mail', async (request, reply) => {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${secret}`)) {
      throw new Unauthenticated('This is for whoever knows the secret.')
    }
    const { data } = report.safeParse(request.body)
    if (!data) throw badRequest('Send `{ "events": [{ "type", "address", "messageId" }] }`, at most 500.')
    await ask(options, reported, reportMutation, { events: data.events })
    return reply.code(204).send()
  })
}

/** What we take of a report; translate what a provider sends to this. */
const report = z.object({
  events: z
    .array(
      z.object({
        type: z.enum(['DELIVERED', 'BOUNCE', 'COMPLAINT']),
        address: z.string().min(3).max(320).includes('@'),
        messageId: z.string().max(998).optional(),
      }),
    )
    .max(500),
})

const userErrors = z.array(z.object({ message: z.string() }))
const unsubscribed = z.object({ unsubscribe: z.object({ userErrors }) })
const reported = z.object({ reportMailEvents: z.object({ userErrors: userErrors.max(0) }) })

const unsubscribeMutation =
  'mutation ($input: UnsubscribeInput!) { unsubscribe(input: $input) { userErrors { message } } }'
const reportMutation =
  'mutation ($input: ReportMailEventsInput!) { reportMailEvents(input: $input) { userErrors { message } } }'

/** @throws ServiceUnavailable: whoever called may do so again. */
async function ask<Answer>(
  { notifications, asRouter }: MailHookOptions,
  schema: z.ZodType<Answer>,
  query: string,
  input: object,
): Promise<Answer> {
  const { data, errors } = await notifications.execute({
    query,
    variables: { input },
    context: await asRouter(),
  })
  const answer = schema.safeParse(data)
  if (!answer.success) throw new ServiceUnavailable(undefined, errors?.[0] ?? answer.error)
  return answer.data
}

/** Takes as long whatever is wrong with it. */
const isSame = (given: string, expected: string): boolean => {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

/** What a link in a mail carries; as a client sends it, so that it may be anything. */
interface Link {
  token?: unknown
  lang?: unknown
}

const readBy = (lang: unknown): Language => languageOf(typeof lang === 'string' ? lang : '')

const form = (question: string, button: string) => `<p>${question}</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>${button}</button></form>`

/** Title and content of each page. */
const pages = {
  en: {
    asking: ['Unsubscribe', form('No more mails of this kind?', 'Unsubscribe')],
    done: [
      'Unsubscribed',
      '<p>You get no more mails of this kind. In your settings you can have them again.</p>',
    ],
    invalid: [
      'Nothing was changed',
      '<p>This link is not complete, or too old. In your settings you can choose what is mailed to you.</p>',
    ],
  },
  de: {
    asking: ['Abbestellen', form('Keine solchen Mails mehr?', 'Abbestellen')],
    done: [
      'Abbestellt',
      '<p>Sie erhalten keine solchen Mails mehr. In Ihren Einstellungen können Sie sie wieder einschalten.</p>',
    ],
    invalid: [
      'Nichts wurde geändert',
      '<p>Dieser Link ist unvollständig oder zu alt. In Ihren Einstellungen wählen Sie, was Ihnen gemailt wird.</p>',
    ],
  },
} as const satisfies Record<Language, object>

/** The token stands in the address of the page: it goes nowhere from here, and nobody keeps the page. */
function page(reply: FastifyReply, language: Language, which: keyof (typeof pages)['en']): string {
  const [title, content] = pages[language][which]
  reply.type('text/html; charset=utf-8').headers({
    'content-security-policy':
      "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><h1>${title}</h1>${content}</html>`
}
