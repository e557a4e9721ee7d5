/**
 * Something the person who starts Guildhall can mend: the message is one plain sentence, fit to be printed alone.
 * Start scripts print `message` and exit with 1; anything else is a defect and keeps its stack.
 */
export class StartProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'StartProblem'
  }
}

/** The words for the file system errors that a person can mend; undefined for the others. */
export function fileProblem(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  return code === undefined ? undefined : fileProblems[code]
}

const fileProblems: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a file is in its place',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'its links run in a circle',
}
