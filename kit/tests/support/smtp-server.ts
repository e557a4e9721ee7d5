import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

/** A mail as the server has taken it. */
export interface ReceivedMail {
  from: string
  to: string[]
  /** Names in small letters, lines unfolded. */
  headers: Record<string, string>
  body: string
  raw: string
}

export interface SmtpServerOptions {
  port?: number
  login?: { user: string; password: string }
  /** Command → the code it is answered with. */
  refuse?: Partial<Record<'MAIL FROM' | 'RCPT TO' | 'DATA', number>>
  /** Recipients that are refused for good. */
  unknown?: readonly string[]
}

export interface RunningSmtpServer {
  url: string
  port: number
  received: ReceivedMail[]
  /** How many were opened so far. */
  connections(): number
  close(): Promise<void>
}

/** A real SMTP server on this machine. */
export async function startSmtpServer(options: SmtpServerOptions = {}): Promise<RunningSmtpServer> {
  const received: ReceivedMail[] = []
  let connections = 0
  const refusal = (command: keyof NonNullable<SmtpServerOptions['refuse']>): Error | null => {
    const responseCode = options.refuse?.[command]
    return responseCode ? Object.assign(new Error('refused'), { responseCode }) : null
  }
  const server = new SMTPServer({
    authOptional: !options.login,
    allowInsecureAuth: true,
    // Connections that stay open are cut when it stops.
    closeTimeout: 50,
    disabledCommands: ['STARTTLS', ...(options.login ? [] : ['AUTH'])],
    onConnect: (_, answer) => {
      connections++
      answer()
    },
    onAuth: ({ username, password }, _, answer) => {
      const isRight = username === options.login?.user && password === options.login?.password
      answer(isRight ? null : new Error('Invalid login'), { user: username })
    },
    onMailFrom: (_, __, answer) => answer(refusal('MAIL FROM')),
    onRcptTo: ({ address }, _, answer) =>
      answer(
        options.unknown?.includes(address)
          ? Object.assign(new Error(`no such person <${address}>`), { responseCode: 550 })
          : refusal('RCPT TO'),
      ),
    onData: (stream, { envelope }, answer) => {
      void text(stream).then((raw) => {
        const problem = refusal('DATA')
        if (!problem) received.push({ ...envelopeOf(envelope), ...parse(raw) })
        answer(problem)
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

const envelopeOf = ({
  mailFrom,
  rcptTo,
}: {
  mailFrom: false | { address: string }
  rcptTo: { address: string }[]
}) => ({
  from: mailFrom ? mailFrom.address : '',
  to: rcptTo.map(({ address }) => address),
})

function parse(raw: string): Pick<ReceivedMail, 'headers' | 'body' | 'raw'> {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return { raw, headers: Object.fromEntries(headers), body: raw.slice(end + 4) }
}
