import { promisify } from 'node:util'
import zlib, { type BrotliOptions, type ZstdOptions } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createLru } from '../lru.ts'

// Levels measured on answers of 1 to 70 kB (adr/0014): one more saves a few per cent of bytes and doubles the work.
const { BROTLI_PARAM_QUALITY, ZSTD_c_compressionLevel } = zlib.constants
const brotli: BrotliOptions = { params: { [BROTLI_PARAM_QUALITY]: 1 } }
const gzip = { level: 1 }
const zstd: ZstdOptions = { params: { [ZSTD_c_compressionLevel]: 1 } }

interface Encoding {
  name: string
  now(text: string): Buffer
  later(text: string): Promise<Buffer>
}

const [brotliLater, gzipLater] = [promisify(zlib.brotliCompress), promisify(zlib.gzip)]

/** The cheapest first. */
const encodings: readonly Encoding[] = [
  ...zstdEncoding(),
  {
    name: 'br',
    now: (text) => zlib.brotliCompressSync(text, brotli),
    later: (text) => brotliLater(text, brotli),
  },
  { name: 'gzip', now: (text) => zlib.gzipSync(text, gzip), later: (text) => gzipLater(text, gzip) },
]

/** Node has it from 22.15 on. */
function zstdEncoding(): Encoding[] {
  const { zstdCompress, zstdCompressSync } = zlib
  if (!zstdCompress) return []
  const later = promisify(zstdCompress)
  return [{ name: 'zstd', now: (text) => zstdCompressSync(text, zstd), later: (text) => later(text, zstd) }]
}

/** Below, an answer fits into a packet or two anyway. */
const minLength = 2_048

/** Up to here, the work (0.1 ms) is less than that of handing it to another thread and back. */
const maxLengthNow = 32_768

/** Sends a text, compressed where that is worth it and the client can read it. */
export async function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
): Promise<FastifyReply> {
  const encoding = text.length < minLength ? undefined : encodingFor(request.headers['accept-encoding'])
  if (!encoding) return reply.send(text)
  const compressed = text.length <= maxLengthNow ? encoding.now(text) : await encoding.later(text)
  return reply.header('content-encoding', encoding.name).send(compressed)
}

const known = createLru<string, { encoding: Encoding | undefined }>(200)
const maxRememberedLength = 200

/** Our first choice of what an `Accept-Encoding` header takes. */
export function encodingFor(accepted: string | string[] | undefined): Encoding | undefined {
  if (typeof accepted !== 'string') return undefined
  const found = known.get(accepted)
  if (found) return found.encoding
  const taken = new Set<string>()
  for (const offer of accepted.toLowerCase().split(',')) {
    const [name = '', ...parameters] = offer.split(';').map((part) => part.trim())
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
    if (!isRefused) taken.add(name)
  }
  const encoding = encodings.find(({ name }) => taken.has(name))
  if (accepted.length <= maxRememberedLength) known.set(accepted, { encoding })
  return encoding
}
