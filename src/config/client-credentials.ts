import { ConfigurationError } from '#errors.js'
import { isSealedUrl } from '#text/http-url.js'
import type { Environment } from './environment.js'
import type { VariableName } from './variables.js'

/** A text, or where it stands in a file: a function that reads it anew. @throws ConfigurationError as at the start. */
export type Secret = string | (() => string)

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
  /** The secret itself, and the file that holds it. */
  readonly clientSecret: readonly [VariableName, VariableName]
  readonly scope: VariableName
}

export function allOf({ url, clientId, clientSecret, scope }: CredentialNames): readonly VariableName[] {
  return [url, clientId, ...clientSecret, scope]
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
    throw new ConfigurationError(`${url} holds a login; the client's name and secret are ${clientId} and ${clientSecret[0]}.`)
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

/** @param names of the secret itself, and of the file that holds it. */
export function neededSecret(environment: Environment, names: readonly [VariableName, VariableName], why: string): Secret {
  const secret = optionalSecret(environment, names)
  if (secret === undefined) throw new ConfigurationError(`${why}, so ${names[0]} or ${names[1]} must be set.`)
  return secret
}

export function optionalSecret(environment: Environment, [text, file]: readonly [VariableName, VariableName]): Secret | undefined {
  if (environment.isSet(text) && environment.isSet(file))
    throw new ConfigurationError(`${text} and ${file} are both set; one of them is needed.`)
  return environment.isSet(file) ? environment.secretFile(file) : environment.optional(text)
}
