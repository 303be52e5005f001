/**
 * Enters: an upgrade request. Leaves: the identity of the client, or the code of the refusal. All that needs no keys is checked first, so
 * that a bad request costs no signature.
 */
import type { HttpErrorCode } from '#protocol/codes.js'
import { readClientId } from '#protocol/client-address.js'
import { readCredentials, type CredentialFields } from '#protocol/credentials.js'
import type { Identity } from './identity.js'
import type { TokenVerifier } from './token-verifier.js'

export interface UpgradeRequest extends CredentialFields {
  /** What stands behind `/ws/` in the path, percent-encoded as it came. */
  readonly encodedClientId: string
  /** The header `Origin`, or an empty string, which no browser sends. */
  readonly origin: string
}

export class Admission {
  private readonly allowedOrigins: ReadonlySet<string>

  /**
   * `allowedOrigins` is for browsers: where it names any, a request with another origin is refused. Where it is empty, no origin is
   * refused. That is safe, as a browser does not add tokens by itself as it does cookies, so a foreign page has none to send.
   */
  constructor(
    private readonly verifier: TokenVerifier,
    allowedOrigins: readonly string[],
  ) {
    this.allowedOrigins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()))
  }

  /** Never rejects. */
  async identify(request: UpgradeRequest): Promise<Identity | HttpErrorCode> {
    const clientId = readClientId(request.encodedClientId)
    if (clientId === undefined) return 'client_id_invalid'
    if (!this.allows(request.origin)) return 'origin_forbidden'
    const credentials = readCredentials(request)
    if (typeof credentials === 'string') return credentials
    const verified = await this.verifier.verify(credentials.token)
    if (typeof verified === 'string') return verified
    const { sub, roles, claims, expiresAtMs } = verified
    // Member by member, as V8 gives every object with a spread in its midst a shape of its own: 350 B for each connection.
    return { sub, clientId, roles, claims, expiresAtMs, subprotocol: credentials.subprotocol }
  }

  private allows(origin: string): boolean {
    return this.allowedOrigins.size === 0 || origin === '' || this.allowedOrigins.has(origin.toLowerCase())
  }
}
