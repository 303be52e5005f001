import { readFileSync } from 'node:fs'
import { ConfigurationError } from '../errors.js'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The text of a file that somebody has named, without the mark that some editors put before it.
 * @throws ConfigurationError where it cannot be read, or is not UTF-8: with other characters in their stead, names would be others.
 */
export function readTextFile(file: string): string {
  const bytes = bytesOf(file)
  try {
    return utf8.decode(bytes)
  } catch {
    throw new ConfigurationError(`${file} is not UTF-8; save it as that.`)
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
}
