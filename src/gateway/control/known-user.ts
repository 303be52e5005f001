import type { UserClaims } from '#policy/claim-path.js'
import type { Claims } from '#policy/rights.js'

/** What a token says of its user. */
export interface TokenUser {
  readonly sub: string
  readonly roles: readonly string[]
  readonly claims: Claims
}

/** What is known of a user by which policies decide. */
export interface KnownUser {
  readonly roles: readonly string[]
  readonly claims: UserClaims
}

/** Tells what is known of users besides their tokens. */
export interface KnownUsers {
  /** Undefined where it cannot be known: the user has no rights then. */
  userOf(token: TokenUser): KnownUser | undefined
  /**
   * Calls back whenever something else is known of a user.
   * @param changed is told of whom, undefined of everybody; and Kafka's time of the record that says so, if one does.
   */
  follow(changed: (sub: string | undefined, recordMs: number | undefined) => void): void
}

/** Where no topic says anything. */
export const tokensAlone: KnownUsers = { userOf: (token) => token, follow: () => undefined }
