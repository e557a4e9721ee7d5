import path from 'node:path'
import type { Config } from '@guildhall/kit/config'

/** Where a house without an SMTP server writes its mails: beside its own data, unless somebody says otherwise. */
export const mailFolderOf = (
  { MAIL_FOLDER }: Pick<Config, 'MAIL_FOLDER'>,
  dataFolder: string | undefined,
): string | undefined => MAIL_FOLDER ?? (dataFolder && path.join(dataFolder, 'mail'))

/** The words for where mails go; without the user and the password of the server. */
export const mailsGo = (smtpUrl: string | undefined, folder: string | undefined): string =>
  smtpUrl
    ? `over ${new URL(smtpUrl).host}`
    : (folder ?? 'nowhere, see the log: neither SMTP_URL nor MAIL_FOLDER is set')
