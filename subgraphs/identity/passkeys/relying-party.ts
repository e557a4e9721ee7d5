import { COSEALG } from '@simplewebauthn/server/helpers'
import { type RelyingParty, relyingPartyOf } from '../domain/relying-party.ts'
import { settings } from '../settings.ts'

/** For whom passkeys are made here, by the configuration. */
export const relyingParty = (): RelyingParty => relyingPartyOf(settings())

/** What every browser and authenticator of today can do; none that this runtime has on trial only. */
export const passkeyAlgorithms = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256]
