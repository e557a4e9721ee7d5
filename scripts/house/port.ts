import { createServer } from 'node:net'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'

/** Finds out early whether a port can be had, before minutes go into the rest. @throws StartProblem if not. */
export function refuseTakenPort(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => reject(portProblem(error, port)))
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

/** The words for a port that cannot be had; other errors stay as they are. */
export function portProblem(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new StartProblem(
      `Port ${port} is taken: stop what listens there, or choose another one with PORT.`,
      error,
    )
  }
  if (error.code === 'EACCES') {
    return new StartProblem(
      `Port ${port} is reserved for the system: choose one above 1023 with PORT.`,
      error,
    )
  }
  return error
}
