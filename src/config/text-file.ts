import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { ConfigurationError } from '#errors.js'

/** Files that people write or generate are smaller: ten thousand rules are a megabyte. A larger file would hold up the process. */
export const textFileBytesMax = 4 * 1024 * 1024

/** PEM is ASCII, but bundles have remarks around it in any encoding, so they are read as `latin1`, which never fails. */
export type TextEncoding = 'utf-8' | 'latin1'

/**
 * The text of a named file, without the byte order mark that some editors put before it. Never waits, as only regular files are opened:
 * nobody may write into a pipe.
 * @throws ConfigurationError where the file cannot be read, or is not UTF-8: replacement characters would make other names of the names.
 */
export function readTextFile(file: string, encoding: TextEncoding = 'utf-8'): string {
  return readText(file, encoding, checkFile, constants.O_RDONLY | constants.O_NONBLOCK)
}

/**
 * The same for a command line, which may wait: it also reads what a shell hands to it (`<(jq . policy.json)`, `/dev/stdin`).
 * @throws ConfigurationError as `readTextFile` does.
 */
export function readInput(file: string): string {
  return readText(file, 'utf-8', checkInput, constants.O_RDONLY)
}

type Check = (file: string, stats: Stats) => void

function readText(file: string, encoding: TextEncoding, check: Check, flags: number): string {
  const bytes = readBytes(file, check, flags)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new ConfigurationError(`${file} is not UTF-8; save it as that.`)
  }
}

function readBytes(file: string, check: Check, flags: number): Buffer {
  try {
    check(file, statSync(file))
    // The path may name another file by now, so the opened one is checked too. A pipe in its place opens at once only with O_NONBLOCK.
    const descriptor = openSync(file, flags)
    try {
      check(file, fstatSync(descriptor))
      return readToEnd(file, descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw error instanceof ConfigurationError ? error : unreadable(file, error as NodeJS.ErrnoException)
  }
}

function checkFile(file: string, stats: Stats): void {
  if (!stats.isFile()) throw new ConfigurationError(`${file} cannot be read: it is ${fileKind(stats)}, not a file.`)
  if (stats.size > textFileBytesMax) throw tooLarge(file)
}

/** Files that the process was started with, which have a writer already. */
const handedOver = /^\/dev\/(stdin|fd\/\d+)$/

function checkInput(file: string, stats: Stats): void {
  if (!handedOver.test(file) || stats.isDirectory()) checkFile(file, stats)
}

function fileKind(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}

/** Reads to the end and ignores the stated size: the file may grow meanwhile, and files that the system generates state 0 bytes. */
function readToEnd(file: string, descriptor: number): Buffer {
  const parts: Buffer[] = []
  for (let length = 0; length <= textFileBytesMax;) {
    const part = Buffer.allocUnsafe(64 * 1024)
    const read = readSync(descriptor, part)
    if (read === 0) return Buffer.concat(parts)
    parts.push(part.subarray(0, read))
    length += read
  }
  throw tooLarge(file)
}

function tooLarge(file: string): ConfigurationError {
  return new ConfigurationError(`${file} has more than ${textFileBytesMax / (1024 * 1024)} MiB, which is all that a file may have here.`)
}

/** Quotes the system's message without its end, which names the failed call and the path. */
function unreadable(file: string, error: NodeJS.ErrnoException): ConfigurationError {
  const why =
    error.code === 'ENOENT' && isLink(file) ? 'ENOENT: it is a link to what is not there' : error.message.replace(/, \w+( '.*')?$/s, '')
  return new ConfigurationError(`${file} cannot be read (${why}).`, { cause: error })
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink()
  } catch {
    return false
  }
}
