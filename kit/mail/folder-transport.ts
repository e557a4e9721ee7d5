import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createTransport } from 'nodemailer'
import { compose } from './compose.ts'
import type { MailTransport, Sender } from './message.ts'

/** Writes each mail as a file that mail programs open; only complete ones are called `.eml`. */
export function folderTransport(folder: string, from: Sender): MailTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    async send(message, stamp) {
      const { message: bytes } = await composer.sendMail(compose(message, stamp, from))
      const name = `${stamp.createdAt.toISOString().replaceAll(':', '-')}-${stamp.id}`
      const draft = path.join(folder, `.${name}.new`)
      // For ourselves alone: whoever has a link from a mail has the account.
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(draft, bytes as Buffer, { mode: 0o600 })
      await rename(draft, path.join(folder, `${name}.eml`))
    },
    close: async () => composer.close(),
  }
}
