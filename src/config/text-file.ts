import { readFileSync } from 'node:fs'
import { ConfigurationError } from '../errors.js'

/** The text of a file that somebody has named. @throws ConfigurationError where it cannot be read. */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
}
