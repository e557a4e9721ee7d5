import type { Dispatcher } from 'undici'
import type { GivingUp } from './shared-exchanges.ts'

/** What came back, whole. */
export interface HttpAnswer {
  status: number
  text: string
}

/**
 * One request and its whole answer, on undici's lowest level: its `request` makes a stream of every body and costs
 * about a tenth of all that a fetch costs the router.
 */
export function exchange(
  pool: Dispatcher,
  request: Dispatcher.DispatchOptions,
  givingUp: GivingUp,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let status = 0
    // Also while the request still waits for a connection; undici then drops it before it is sent.
    givingUp.onFailure(reject)
    pool.dispatch(request, {
      onRequestStart(controller) {
        givingUp.onFailure((reason) => {
          reject(reason)
          controller.abort(reason instanceof Error ? reason : new Error('given up', { cause: reason }))
        })
      },
      onResponseStart(_controller, statusCode) {
        status = statusCode
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        const [only, ...more] = chunks
        const whole = only && more.length === 0 ? only : Buffer.concat(chunks)
        resolve({ status, text: whole.toString('utf8') })
      },
      onResponseError(_controller, error) {
        reject(error)
      },
    })
  })
}
