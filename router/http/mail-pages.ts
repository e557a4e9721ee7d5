import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'

/**
 * Where the links in mails lead while there is no application: a page with a button each, so that an account can be
 * verified, reset or declined with nothing but this house. The button matters: programs that look into mails follow
 * links, and would spend the token.
 */
interface MailPage {
  title: string
  text: string
  button: string
  /** The mutation that the button sends, with the token of the link and what the form asks for. */
  mutation: string
  done: string
  /** What is asked for: name of the input's field, type of the HTML field, label. */
  field?: { name: string; type: 'email' | 'password'; label: string }
}

const pages = {
  verify: {
    title: 'Verify your e-mail address',
    text: 'If you have opened an account here, say that this is your address. If you have not, leave this page.',
    button: 'This is my address',
    mutation: 'verifyEmail',
    done: 'Your address is verified.',
  },
  change: {
    title: 'Change your e-mail address',
    text: 'From now on you log in with this address.',
    button: 'Use this address',
    mutation: 'confirmEmailChange',
    done: 'Your address is changed.',
  },
  reset: {
    title: 'Choose a new password',
    text: 'You will be logged out everywhere.',
    button: 'Set the password',
    mutation: 'resetPassword',
    done: 'Your password is changed. Log in with it.',
    field: { name: 'newPassword', type: 'password', label: 'New password, 12 to 128 characters' },
  },
  forgotten: {
    title: 'Forgotten your password?',
    text: 'If there is an account with your address, a link goes there.',
    button: 'Send me a link',
    mutation: 'requestPasswordReset',
    done: 'Look at your mail.',
    field: { name: 'email', type: 'email', label: 'Your e-mail address' },
  },
  invitation: {
    title: 'You are invited',
    text: 'To accept, log in with the invited address and send this link’s token to acceptInvitation. To say no, no account is needed.',
    button: 'Decline',
    mutation: 'declineInvitation',
    done: 'You have declined.',
  },
  eventInvitation: {
    title: 'You are invited to an event',
    text: 'To come, log in and send this link’s token with registerForEvent; eventInvitation shows to which event. To say no, no account is needed.',
    button: 'Decline',
    mutation: 'declineEventInvitation',
    done: 'You have declined.',
  },
} as const satisfies Record<string, MailPage>

const operationOf = ({ mutation }: MailPage): string => {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  return `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { message } } }`
}

/** What the pages send: allowed even where only listed operations are. */
export const mailPageOperations: readonly string[] = Object.values(pages).map(operationOf)

/** Serves the pages that `subgraphs/identity`, `subgraphs/organizations` and `subgraphs/participants` write into their mails. */
export function registerMailPages(app: FastifyInstance, graphqlPath: string): void {
  const serve = (path: string, page: MailPage, otherwise: MailPage = page) =>
    app.get<{ Querystring: { token?: string }; Params: { token?: string } }>(path, async (request, reply) =>
      send(reply, request.params.token || request.query.token ? page : otherwise, graphqlPath),
    )
  serve('/verify-email', pages.verify)
  serve('/change-email', pages.change)
  serve('/reset-password', pages.reset, pages.forgotten)
  serve('/invitations/:token', pages.invitation)
  serve('/event-invitations/:token', pages.eventInvitation)
}

const style = 'body{font:1rem/1.5 system-ui;max-width:28rem;margin:4rem auto;padding:0 1rem}input{width:100%}'

/** Reads what to do from the page's data, so that one hash in the policy allows it and nothing else. */
const script = `const form = document.querySelector('form'), said = document.querySelector('output')
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const { query, mutation, path } = form.dataset, last = location.pathname.split('/')[2]
  const token = new URLSearchParams(location.search).get('token') ?? last
  const input = { ...(token ? { token } : {}), ...Object.fromEntries(new FormData(form)) }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) })
  const { data, errors } = await response.json()
  const problem = errors?.[0] ?? data[mutation].userErrors[0]
  said.textContent = problem ? problem.message : form.dataset.done
  if (!problem) form.remove()
})`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const policy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** The token stands in the address of the page: it goes nowhere from here, and nobody keeps the page. */
function send(reply: FastifyReply, page: MailPage, graphqlPath: string): string {
  reply.type('text/html; charset=utf-8').headers({
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
  const { title, text, button, mutation, done, field } = page
  const input = field
    ? `<p><label>${field.label}<br><input name="${field.name}" type="${field.type}" required></label></p>`
    : ''
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style><h1>${title}</h1>
<form data-query="${operationOf(page)}" data-mutation="${mutation}" data-path="${graphqlPath}" data-done="${done}"><p>${text}</p>${input}<button>${button}</button></form>
<p><output role="status"></output></p><script>${script}</script></html>`
}
