import { ConfigurationError } from '#errors.js'
import { isSealedUrl, remoteAddress } from '#text/http-url.js'
import type { Environment } from './environment.js'
import type { VariableName } from './variables.js'

/** A text, or where it stands in a file: a function that reads it anew. @throws ConfigurationError as at the start. */
type Secret = string | (() => string)

/** How a process logs in to brokers. */
export type SaslConfig =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: Secret }
  | { readonly mechanism: 'oauthbearer'; readonly token: () => string }
  | { readonly mechanism: 'oauthbearer'; readonly credentials: ClientCredentials }

interface ClientCredentials {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly scope: string | undefined
}

const tokenFile = 'KAFKA_SASL_OAUTHBEARER_TOKEN_FILE'
const endpointUrl = 'KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL'
const clientId = 'KAFKA_SASL_OAUTHBEARER_CLIENT_ID'
const clientSecret = ['KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET', 'KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET_FILE'] as const
const scope = 'KAFKA_SASL_OAUTHBEARER_SCOPE'
const password = ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL_PASSWORD_FILE'] as const

const ofPasswords: readonly VariableName[] = ['KAFKA_SASL_USERNAME', ...password]
const ofCredentials: readonly VariableName[] = [endpointUrl, clientId, ...clientSecret, scope]
const ofTokens: readonly VariableName[] = [tokenFile, ...ofCredentials]

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
  return Object.freeze({ mechanism, username, password: secret(environment, password, what) })
}

function tokens(environment: Environment): { readonly token: () => string } | { readonly credentials: ClientCredentials } {
  if (environment.isSet(tokenFile)) {
    refuse(environment, ofCredentials, `${tokenFile} is set`)
    return { token: environment.secretFile(tokenFile) }
  }
  if (!environment.isSet(endpointUrl))
    throw new ConfigurationError(`KAFKA_SASL_MECHANISM is "oauthbearer", so ${tokenFile} or ${endpointUrl} must be set.`)
  const what = `${endpointUrl} is set`
  return {
    credentials: Object.freeze({
      url: endpoint(environment),
      clientId: needed(environment, clientId, what),
      clientSecret: secret(environment, clientSecret, what),
      scope: environment.optional(scope),
    }),
  }
}

/** The client's secret is sent there. */
function endpoint(environment: Environment): string {
  const text = environment.required(endpointUrl)
  const { username, password } = new URL(text)
  if (!isSealedUrl(text)) throw new ConfigurationError(`${endpointUrl} must begin with https://.`)
  if (username !== '' || password !== '')
    throw new ConfigurationError(`${endpointUrl} holds a login; the client's name and secret are ${clientId} and ${clientSecret[0]}.`)
  return text
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

function refuse(environment: Environment, names: readonly VariableName[], why: string): void {
  const useless = names.find((name) => environment.isSet(name))
  if (useless !== undefined) throw new ConfigurationError(`${useless} is set, but ${why}.`)
}

function needed(environment: Environment, name: VariableName, why: string): string {
  if (!environment.isSet(name)) throw new ConfigurationError(`${why}, so ${name} must be set.`)
  return environment.required(name)
}

/** @param names of the secret itself, and of the file that holds it. */
function secret(environment: Environment, [text, file]: readonly [VariableName, VariableName], why: string): Secret {
  if (environment.isSet(text) && environment.isSet(file))
    throw new ConfigurationError(`${text} and ${file} are both set; one of them is needed.`)
  if (environment.isSet(file)) return environment.secretFile(file)
  if (!environment.isSet(text)) throw new ConfigurationError(`${why}, so ${text} or ${file} must be set.`)
  return environment.required(text)
}
