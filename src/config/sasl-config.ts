import { ConfigurationError } from '#errors.js'
import { remoteAddress } from '#text/http-url.js'
import {
  allOf,
  type ClientCredentials,
  type CredentialNames,
  needed,
  neededSecret,
  placesOf,
  readCredentials,
  refuse,
} from './client-credentials.js'
import type { Environment, Secret } from './environment.js'
import type { VariableName } from './variables.js'

/** How a process logs in to brokers. */
export type SaslConfig =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: Secret }
  | { readonly mechanism: 'oauthbearer'; readonly token: () => string }
  | { readonly mechanism: 'oauthbearer'; readonly credentials: ClientCredentials }

const tokenFile = 'KAFKA_SASL_OAUTHBEARER_TOKEN_FILE'
const credentials: CredentialNames = {
  url: 'KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL',
  clientId: 'KAFKA_SASL_OAUTHBEARER_CLIENT_ID',
  clientSecret: 'KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET',
  scope: 'KAFKA_SASL_OAUTHBEARER_SCOPE',
}
const password = 'KAFKA_SASL_PASSWORD'

const ofPasswords: readonly VariableName[] = ['KAFKA_SASL_USERNAME', ...placesOf(password)]
const ofTokens: readonly VariableName[] = [tokenFile, ...allOf(credentials)]

/** Undefined where no mechanism is set, nor anything else of SASL. @throws ConfigurationError */
export function readSasl(environment: Environment): SaslConfig | undefined {
  const mechanism = environment.optional('KAFKA_SASL_MECHANISM') as SaslConfig['mechanism'] | undefined
  if (mechanism === undefined) {
    refuse(environment, [...ofPasswords, ...ofTokens], 'KAFKA_SASL_MECHANISM is not')
    return undefined
  }
  if (mechanism !== 'scram-sha-256' && mechanism !== 'scram-sha-512') refuseEavesdroppers(environment, mechanism)
  const what = `KAFKA_SASL_MECHANISM is "${mechanism}"`
  refuse(environment, mechanism === 'oauthbearer' ? ofPasswords : ofTokens, what)
  if (mechanism === 'oauthbearer') return Object.freeze({ mechanism, ...tokens(environment) })
  const username = needed(environment, 'KAFKA_SASL_USERNAME', what)
  return Object.freeze({ mechanism, username, password: neededSecret(environment, password, what) })
}

function tokens(environment: Environment): { readonly token: () => string } | { readonly credentials: ClientCredentials } {
  if (environment.isSet(tokenFile)) {
    refuse(environment, allOf(credentials), `${tokenFile} is set`)
    return { token: environment.secretFile(tokenFile) }
  }
  if (!environment.isSet(credentials.url))
    throw new ConfigurationError(`KAFKA_SASL_MECHANISM is "oauthbearer", so ${tokenFile} or ${credentials.url} must be set.`)
  return { credentials: readCredentials(environment, credentials) }
}

/** An operator who wants secrets to be sent unprotected, for example where something else encrypts, must say so. */
function refuseEavesdroppers(environment: Environment, mechanism: string): void {
  if (environment.isSet('KAFKA_TLS')) return
  const open = remoteAddress(environment.list('KAFKA_BROKERS'))
  if (open === undefined) return
  throw new ConfigurationError(
    `KAFKA_SASL_MECHANISM is "${mechanism}", which sends a secret to ${open} that anybody between can read without TLS; set KAFKA_TLS to "on", or to "off" where that is meant.`,
  )
}
