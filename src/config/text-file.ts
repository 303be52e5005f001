import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { ConfigurationError } from '#errors.js'

/** What people write or generate has less: ten thousand rules are a megabyte. More would hold up the process while it is parsed. */
export const textFileBytesMax = 4 * 1024 * 1024

/** PEM is ASCII, and around it bundles have remarks in whatever their authors used. */
export type TextEncoding = 'utf-8' | 'latin1'

/**
 * The text of a file that somebody has named, without the mark that some editors put before it. Never waits: what is no file, such as a pipe
 * that nobody writes into, is not opened.
 * @throws ConfigurationError where it cannot be read, or is not UTF-8: with other characters in their stead, names would be others.
 */
export function readTextFile(file: string, encoding: TextEncoding = 'utf-8'): string {
  return textOf(file, encoding, checkFile, constants.O_RDONLY | constants.O_NONBLOCK)
}

/**
 * The same for a command that somebody waits for: also what a shell hands to it (`<(jq . policy.json)`, `/dev/stdin`), which is waited for.
 * @throws ConfigurationError as `readTextFile` does.
 */
export function readInput(file: string): string {
  return textOf(file, 'utf-8', checkInput, constants.O_RDONLY)
}

type Check = (file: string, stats: Stats) => void

function textOf(file: string, encoding: TextEncoding, check: Check, flags: number): string {
  const bytes = bytesOf(file, check, flags)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new ConfigurationError(`${file} is not UTF-8; save it as that.`)
  }
}

function bytesOf(file: string, check: Check, flags: number): Buffer {
  try {
    check(file, statSync(file))
    // It may be another one by now, and opening a pipe waits for somebody who writes unless it is told not to.
    const descriptor = openSync(file, flags)
    try {
      check(file, fstatSync(descriptor))
      return contentOf(file, descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw error instanceof ConfigurationError ? error : unreadable(file, error as NodeJS.ErrnoException)
  }
}

function checkFile(file: string, stats: Stats): void {
  if (!stats.isFile()) throw new ConfigurationError(`${file} cannot be read: it is ${kindOf(stats)}, not a file.`)
  if (stats.size > textFileBytesMax) throw tooLarge(file)
}

/** What the process was started with: whoever is at the other end is there. */
const handedOver = /^\/dev\/(stdin|fd\/\d+)$/

function checkInput(file: string, stats: Stats): void {
  if (!handedOver.test(file) || stats.isDirectory()) checkFile(file, stats)
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}

/** By reading on to the end: it may grow meanwhile, and what the system makes up as it is read says that it has 0 bytes. */
function contentOf(file: string, descriptor: number): Buffer {
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

/** In the system's own words, which end with the call that failed and the path. */
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
