import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** Lines have at most 41 + 12 bytes; a block holds many of them. */
const blockBytes = 4_096

/**
 * Whether a list of breached passwords holds this one: SHA-1 hashes in rising order, one `HASH[:count]` a line, as
 * Have I Been Pwned publishes them. Such lists have tens of gigabytes: it is searched where it lies, block by block.
 *
 * @throws Error when the file cannot be read.
 */
export async function isBreached(file: string, password: string): Promise<boolean> {
  const hash = createHash('sha1').update(password.normalize('NFKC')).digest('hex').toUpperCase()
  const handle = await open(file, 'r')
  try {
    return await holds(handle, hash)
  } finally {
    await handle.close()
  }
}

/** Binary search. Lines that begin before `from` hold smaller hashes, those that begin at `to` or later greater ones. */
async function holds(file: FileHandle, hash: string): Promise<boolean> {
  let [from, to] = [0, (await file.stat()).size]
  while (to - from > blockBytes) {
    const middle = Math.floor((from + to) / 2)
    const line = await firstLineFrom(file, middle)
    if (line === null || line.start >= to || line.hash > hash) to = middle
    else from = line.start
  }
  // The last line may begin right before `to`.
  const text = await read(file, from, to - from + blockBytes)
  return text.split('\n').some((line) => line.slice(0, hash.length).toUpperCase() === hash)
}

/** The first line that begins at this position or after it, and where; null: none does. */
async function firstLineFrom(
  file: FileHandle,
  position: number,
): Promise<{ start: number; hash: string } | null> {
  const text = await read(file, position - 1, blockBytes)
  const begin = text.indexOf('\n') + 1
  if (begin === 0 || begin === text.length) return null
  return { start: position - 1 + begin, hash: text.slice(begin, begin + 40).toUpperCase() }
}

async function read(file: FileHandle, position: number, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position)
  return buffer.toString('latin1', 0, bytesRead)
}
