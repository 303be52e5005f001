import { ConfigurationError } from '#errors.js'

/** Keys and passwords are shorter, and tokens with all their claims have some kilobytes: a larger file is another one than was meant. */
const secretBytesMax = 64 * 1024

/** What is done about a secret that stands in a file. */
export interface SecretReading {
  /** The file's text. @throws ConfigurationError */
  readonly read: () => string
  /** Refuses a secret that cannot be used. @throws ConfigurationError */
  readonly check: (secret: string) => void
  /** Takes each secret before it is used, as no log may show it. */
  readonly learn: (secret: string) => void
  /** Called where a changed file cannot be used, so that the secret of before stays: once for each reason in a row. */
  readonly kept: (reason: string) => void
}

/**
 * Reads the secret now, as what is wrong should be said at once, and at each call of the answer, which never throws: what cannot be used then
 * leaves the secret of before in force.
 * @param name the variable that names the file. @throws ConfigurationError
 */
export function secretReader(name: string, reading: SecretReading): () => string {
  let secret = secretNow(name, reading)
  let told: string | undefined
  return () => {
    try {
      secret = secretNow(name, reading)
      told = undefined
    } catch (error) {
      const { message } = error as Error
      if (message !== told) reading.kept(message)
      told = message
    }
    return secret
  }
}

/** Without the line break at its end, which editors put there. */
function secretNow(name: string, { read, check, learn }: SecretReading): string {
  const secret = read().replace(/\r?\n$/, '')
  if (secret === '') throw new ConfigurationError(`${name} names a file that is empty.`)
  if (Buffer.byteLength(secret) > secretBytesMax)
    throw new ConfigurationError(`${name} names a file of more than ${secretBytesMax / 1024} KiB, which is all that a secret may have.`)
  learn(secret)
  check(secret)
  return secret
}
