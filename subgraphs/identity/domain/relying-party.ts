/** For whom passkeys are made: a name that browsers compare, and the pages that may ask for them. */
export interface RelyingParty {
  /** Host name of the application; passkeys are worth nothing elsewhere. */
  id: string
  name: string
  origins: string[]
}

interface Addresses {
  PUBLIC_URL: string
  APP_URL?: string | undefined
  CORS_ORIGINS?: readonly string[] | undefined
}

/** The application that people use, and every configured origin of its host or below: browsers allow no others. */
export function relyingPartyOf({ PUBLIC_URL, APP_URL, CORS_ORIGINS = [] }: Addresses): RelyingParty {
  const { hostname: id } = new URL(APP_URL ?? PUBLIC_URL)
  const origins = [APP_URL ?? PUBLIC_URL, PUBLIC_URL, ...CORS_ORIGINS]
    .filter((address) => URL.canParse(address))
    .map((address) => new URL(address))
    .filter(({ hostname }) => hostname === id || hostname.endsWith(`.${id}`))
    .map(({ origin }) => origin)
  return { id, name: 'Guildhall', origins: [...new Set(origins)] }
}
