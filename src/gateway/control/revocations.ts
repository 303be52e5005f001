import type { TokenUser } from './known-user.js'

/** Tells which good tokens count no more. */
export interface Revocations {
  isVoid(token: Pick<TokenUser, 'sub' | 'claims'>): boolean
  /** Calls back when tokens have become void. @param revoked is told whose, undefined of anybody's, and Kafka's time of the record. */
  follow(revoked: (sub: string | undefined, recordMs: number | undefined) => void): void
}

/** Where no topic says anything. */
export const noRevocations: Revocations = { isVoid: () => false, follow: () => undefined }
