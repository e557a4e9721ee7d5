import type { World } from '@guildhall/kit/testing/world'

/** The token in the link of the latest mail of a kind to an address; fails when there is none. */
export async function mailedToken(world: World, to: string, kind: string): Promise<string> {
  const mail = (await world.mails(to)).findLast((sent) => sent.kind === `identity.${kind}`)
  const token = mail?.text.match(/\?token=([\w-]{43})$/m)?.[1]
  if (!token) throw new Error(`no link in ${mail?.text ?? `the mails to ${to}`}`)
  return token
}

/** The kinds of all mails to an address. */
export const mailKinds = async (world: World, to: string): Promise<string[]> =>
  (await world.mails(to)).map(({ kind }) => kind.replace('identity.', ''))
