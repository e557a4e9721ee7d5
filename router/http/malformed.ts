import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Log } from '@guildhall/kit/log'
import type { ErrorMask } from '../operations/errors.ts'
import { badRequest } from './refusals.ts'

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/** Answers what is no HTTP at all, on the bare connection. */
export function malformedHandler(mask: ErrorMask, log: Log) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    if (!socket.writable) {
      socket.destroy()
      return
    }
    const status = statuses[error.code ?? ''] ?? 400
    const masked = mask(badRequest('The request cannot be read.', status))
    log.info({ status, ...masked.extensions, reason: error.code }, 'request refused')
    const body = JSON.stringify({ errors: [masked] })
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  }
}
