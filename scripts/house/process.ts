import { ConfigError } from '@guildhall/kit/config'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'
import { onNpmGone } from '../helpers/on-npm-gone.ts'

/** Longest time for a clean stop before the process ends anyway. */
const stopWithinMs = 20_000

/** A process that does its work. */
export interface Running {
  close(): Promise<void>
  /** Reads its files anew. Without it, SIGHUP stops the process. */
  reload?(): Promise<void>
}

/**
 * Runs a process of ours: what a person can mend is one line and exit code 1, anything else keeps its stack. Ctrl-C,
 * SIGTERM, or the end of the npm that started us stops cleanly; the second signal stops at once.
 *
 * @param open starts everything; what it has started is also stopped when a signal comes meanwhile.
 */
export async function runProcess(open: () => Promise<Running>): Promise<void> {
  let stopping = false
  const opened = Promise.resolve().then(open)
  const stop = async () => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), stopWithinMs).unref()
    await opened.then(
      ({ close }) => close(),
      () => {},
    )
    process.exit(0)
  }
  let reload: Running['reload']
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
  process.on('SIGHUP', () => void (reload ?? stop)())
  onNpmGone(() => void stop())
  try {
    reload = (await opened).reload
  } catch (error) {
    if (!(error instanceof StartProblem || error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
