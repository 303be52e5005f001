import { readFileSync } from 'node:fs'
import { ConfigurationError } from '../errors.js'

/** The text of a file that somebody has named, without the mark that some editors put before it. @throws ConfigurationError where it cannot be read. */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '')
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
}
