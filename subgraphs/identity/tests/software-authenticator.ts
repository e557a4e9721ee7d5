import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/** Where and how the device is used; each default is what an honest browser does. */
export interface Use {
  origin?: string
  rpId?: string
  /** Whether it has asked for a finger or a PIN. */
  isUserVerified?: boolean
  counter?: number
  /** What the browser writes down as challenge, if not the one that was asked. */
  challenge?: string
  userHandle?: string
}

interface CreationOptions {
  challenge: string
  rp: { id: string }
  user: { id: string }
  excludeCredentials: { id: string }[]
}

interface RequestOptions {
  challenge: string
  rpId: string
  allowCredentials?: { id: string }[]
}

/** A passkey in software: it makes a real key pair (ES256) and real signatures, as an authenticator and a browser would. */
export interface SoftwareAuthenticator {
  credentialId: string
  /** Answer to the options of a registration. */
  create(options: string, use?: Use): string
  /** Answer to the options of a login or a step-up. */
  get(options: string, use?: Use): string
}

const [userPresent, userVerified, withCredential] = [0x01, 0x04, 0x40]
const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest()

/** @param origin the page that uses it; the default is that of a house without configuration. */
export function softwareAuthenticator(origin = 'http://localhost:4000'): SoftwareAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const credentialId = randomBytes(32)
  let userHandle: string | undefined
  let counter = 0

  // COSE: key type EC2, algorithm ES256, curve P-256, the point.
  const coseKey = isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]),
  )
  const clientDataOf = (type: string, challenge: string, use: Use): Buffer =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: use.challenge ?? challenge,
        origin: use.origin ?? origin,
        crossOrigin: false,
      }),
    )
  const authenticatorData = (
    rpId: string,
    flags: number,
    count: number,
    credential = Buffer.alloc(0),
  ): Buffer => {
    const head = Buffer.alloc(5)
    head.writeUInt8(flags, 0)
    head.writeUInt32BE(count, 1)
    return Buffer.concat([sha256(rpId), head, credential])
  }
  const flagsOf = ({ isUserVerified = true }: Use): number =>
    userPresent | (isUserVerified ? userVerified : 0)
  const credential = (response: object): string =>
    JSON.stringify({
      id: credentialId.toString('base64url'),
      rawId: credentialId.toString('base64url'),
      type: 'public-key',
      response,
      clientExtensionResults: {},
    })

  return {
    credentialId: credentialId.toString('base64url'),
    create(text, use = {}) {
      const { challenge, rp, user } = JSON.parse(text) as CreationOptions
      userHandle = user.id
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credentialId.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey])
      const authData = authenticatorData(
        use.rpId ?? rp.id,
        flagsOf(use) | withCredential,
        use.counter ?? counter,
        attested,
      )
      const attestation = isoCBOR.encode(
        new Map<string, string | Uint8Array | Map<string, string>>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', new Uint8Array(authData)],
        ]),
      )
      return credential({
        clientDataJSON: clientDataOf('webauthn.create', challenge, use).toString('base64url'),
        attestationObject: Buffer.from(attestation).toString('base64url'),
        transports: ['internal'],
      })
    },
    get(text, use = {}) {
      const { challenge, rpId } = JSON.parse(text) as RequestOptions
      counter = use.counter ?? counter + 1
      const clientData = clientDataOf('webauthn.get', challenge, use)
      const authData = authenticatorData(use.rpId ?? rpId, flagsOf(use), counter)
      return credential({
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', Buffer.concat([authData, sha256(clientData)]), privateKey).toString(
          'base64url',
        ),
        userHandle: use.userHandle ?? userHandle,
      })
    },
  }
}
