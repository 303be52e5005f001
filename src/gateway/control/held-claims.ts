import { readClaims } from '#policy/control/claims-record.js'
import type { Claims } from '#policy/rights.js'

/** The last claims that were read: whoever asks for one of a user asks for the others next. */
let latest: { readonly text: string; readonly claims: Claims } | undefined

/**
 * Claims of a user as their record has them: read when a rule asks for them, as 100,000 users with 300 bytes each take 30 MB so, and several
 * times as much as objects.
 */
export class HeldClaims {
  /** @param bytes the record's bytes as `heldText` holds them. */
  constructor(private readonly bytes: string) {}

  get claims(): Claims {
    const text = this.bytes
    if (latest?.text !== text) latest = { text, claims: readClaims(Buffer.from(text, 'latin1').toString()) ?? {} }
    return latest.claims
  }
}

/** The bytes as a text that takes one byte for each, whatever they say: with one character beyond Latin-1 among them V8 takes two for all. */
export function heldText(bytes: Buffer): string {
  return bytes.toString('latin1')
}
