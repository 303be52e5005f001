import { type AuthConfig, secretBytesMin } from '#config/config.js'
import type { FileListener } from '#config/watched-file.js'
import { ConfigurationError } from '#errors.js'
import type { Log } from '#log.js'
import { secretText } from '#login/secret.js'

type Secret = Extract<AuthConfig['keys'], { readonly kind: 'secret' }>['secret']

/** By which one token is verified. */
interface SigningKey {
  readonly bytes: Uint8Array
  readonly algorithms: string[]
}

/**
 * The secret that signs tokens. Where its file changes, tokens of the one before are refused from then on. Connections that stand last until
 * their tokens end, as they do when a key server withdraws a key: the revocations topic ends them earlier.
 */
export class SigningSecret implements FileListener {
  private text: string
  private current: SigningKey

  /** @throws ConfigurationError where the secret is too short to be one. */
  constructor(
    private readonly secret: Secret,
    private readonly log: Log,
  ) {
    this.text = secretText(secret)
    this.current = keyOf(this.text)
  }

  get key(): SigningKey {
    return this.current
  }

  changed(): void {
    this.renew()
  }

  unreadable(): void {
    this.renew()
  }

  readable(): void {
    this.renew()
  }

  /** Whoever reads the file answers the secret of before where the changed one cannot be used, and says so. */
  private renew(): void {
    const text = secretText(this.secret)
    if (text === this.text) return
    this.current = keyOf(text)
    this.text = text
    this.log.info({}, 'Tokens are verified by the changed secret; those of the one before are refused.')
  }
}

function keyOf(secret: string): SigningKey {
  const bytes = Buffer.from(secret)
  if (bytes.byteLength < secretBytesMin) {
    throw new ConfigurationError(`The secret that signs tokens has ${bytes.byteLength} bytes; it must have at least ${secretBytesMin}.`)
  }
  return { bytes, algorithms: secretAlgorithms(bytes) }
}

/** A secret must be as long as the hash (RFC 7518, section 3.2). */
function secretAlgorithms(secret: Uint8Array): string[] {
  return [256, 384, 512].flatMap((bits) => (secret.byteLength * 8 >= bits ? [`HS${bits}`] : []))
}
