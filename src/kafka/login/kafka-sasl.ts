import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { secretText, type AskToken, type Secret } from '#login/secret.js'
import { TokenEndpoint, type ClientCredentials } from '#login/token-endpoint.js'
import { bearerAuthenticator } from './bearer-authenticator.js'

export interface PasswordLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: Secret
}

export interface BearerLogin {
  readonly mechanism: 'oauthbearer'
  readonly token: AskToken
}

/** How one connection logs in. */
export type KafkaSasl = PasswordLogin | BearerLogin

/** A login as it is configured: its tokens may have to be fetched. */
export type ConfiguredSasl = KafkaSasl | { readonly mechanism: 'oauthbearer'; readonly credentials: ClientCredentials }

/** The login of all connections of a process, which share the tokens that are fetched. */
export function sharedSasl(sasl: ConfiguredSasl | undefined, clock: Clock, log: Log): KafkaSasl | undefined {
  if (sasl === undefined || !('credentials' in sasl)) return sasl
  const endpoint = new TokenEndpoint('Kafka', sasl.credentials, clock, log)
  return { mechanism: sasl.mechanism, token: () => endpoint.token() }
}

/** The login as kafkajs takes it. kafkajs writes into the object, so that each client needs its own. */
export function saslOptions(sasl: KafkaSasl): object {
  if (sasl.mechanism === 'oauthbearer') return { mechanism: sasl.mechanism, authenticationProvider: bearerAuthenticator(sasl.token) }
  const { mechanism, username, password } = sasl
  return {
    mechanism,
    username,
    // kafkajs reads this member at each login.
    get password() {
      return secretText(password)
    },
  }
}
