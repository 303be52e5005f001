import { ConfigurationError } from '#errors.js'
import { isSealedUrl } from '#text/http-url.js'
import type { Environment, Secret } from './environment.js'
import { fileOf, type SecretName, type VariableName } from './variables.js'

/** By which a process itself gets tokens (RFC 6749, 4.4). */
export interface ClientCredentials {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly scope: string | undefined
}

/** The variables that say them. */
export interface CredentialNames {
  readonly url: VariableName
  readonly clientId: VariableName
  readonly clientSecret: SecretName
  readonly scope: VariableName
}

export function allOf({ url, clientId, clientSecret, scope }: CredentialNames): readonly VariableName[] {
  return [url, clientId, ...placesOf(clientSecret), scope]
}

/** Those of an endpoint that is set. @throws ConfigurationError */
export function readCredentials(environment: Environment, names: CredentialNames): ClientCredentials {
  const what = `${names.url} is set`
  return Object.freeze({
    url: endpoint(environment, names),
    clientId: needed(environment, names.clientId, what),
    clientSecret: neededSecret(environment, names.clientSecret, what),
    scope: environment.optional(names.scope),
  })
}

/** The client's secret is sent there. */
function endpoint(environment: Environment, { url, clientId, clientSecret }: CredentialNames): string {
  const text = environment.required(url)
  const { username, password } = new URL(text)
  if (!isSealedUrl(text)) throw new ConfigurationError(`${url} must begin with https://.`)
  if (username !== '' || password !== '')
    throw new ConfigurationError(`${url} holds a login; the client's name and secret are ${clientId} and ${clientSecret}.`)
  return text
}

/** Refuses the first of them that is set. */
export function refuse(environment: Environment, names: readonly VariableName[], why: string): void {
  const useless = names.find((name) => environment.isSet(name))
  if (useless !== undefined) throw new ConfigurationError(`${useless} is set, but ${why}.`)
}

export function needed(environment: Environment, name: VariableName, why: string): string {
  if (!environment.isSet(name)) throw new ConfigurationError(`${why}, so ${name} must be set.`)
  return environment.required(name)
}

/** The variables of the secret itself, and of the file that may hold it. */
export function placesOf(secret: SecretName): readonly [VariableName, VariableName] {
  return [secret, fileOf(secret)]
}

export function neededSecret(environment: Environment, name: SecretName, why: string): Secret {
  const secret = environment.secret(name)
  if (secret === undefined) throw new ConfigurationError(`${why}, so ${placesOf(name).join(' or ')} must be set.`)
  return secret
}
