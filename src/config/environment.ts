import * as v from 'valibot'
import { ConfigurationError } from '#errors.js'
import { secretReader } from './secret-file.js'
import type { TextEncoding } from './text-file.js'
import { isSecretName, redacted } from '#text/redaction.js'
import { headersIn } from '#text/header-list.js'
import { allowedValues, entriesOf, valueSchema } from './variable-value.js'
import type { Variable } from './variable.js'
import { fileOf, type SecretName, variables, type VariableName } from './variables.js'

/** @throws ConfigurationError with a whole sentence, or another Error whose message goes on a sentence. */
export type ReadFile = (path: string, encoding?: TextEncoding) => string

/** What is told of secrets that stand in files, at the start and while the process runs. */
export interface SecretsHeard {
  /** Takes secrets that no log may show, of which some were not known before. @param name of the variable whose file they are from. */
  learn(name: VariableName, secrets: readonly string[]): void
  /** The changed file cannot be used; the secret of before stays. @param reason a sentence that names the variable. */
  kept(reason: string): void
}

/** A text, or where it stands in a file: a function that reads it anew, and that answers the one before where it cannot be used. */
export type Secret = string | (() => string)

const unheard: SecretsHeard = { learn: () => undefined, kept: () => undefined }

/** Reads one variable after the other; an empty value counts as not set. Every method throws a ConfigurationError with one sentence. */
export class Environment {
  constructor(
    private readonly values: Readonly<Record<string, string | undefined>>,
    private readonly readFile: ReadFile,
    private readonly heard: SecretsHeard = unheard,
  ) {}

  /** Whether the variable is set. A default does not count. */
  isSet(name: VariableName): boolean {
    return this.rawValue(name) !== undefined
  }

  /** The variable's value, or its default. */
  optional(name: VariableName): string | undefined {
    const value = this.checked(name)
    return value === undefined ? undefined : String(value)
  }

  /** The value of a variable that has a default, or that the caller knows to be set. */
  required(name: VariableName): string {
    const value = this.optional(name)
    if (value === undefined) throw new ConfigurationError(`${name} is not set.`)
    return value
  }

  integer(name: VariableName): number {
    return Number(this.required(name))
  }

  list(name: VariableName): readonly string[] {
    return entriesOf(this.optional(name) ?? '')
  }

  isOn(name: VariableName): boolean {
    return this.optional(name) === 'on'
  }

  /** The content of the file that the variable names. */
  file(name: VariableName, encoding?: TextEncoding): string | undefined {
    const path = this.optional(name)
    return path === undefined ? undefined : this.content(name, path, encoding)
  }

  /** Whether the secret is set, by itself or by a file. */
  isSecretSet(name: SecretName): boolean {
    return this.isSet(name) || this.isSet(fileOf(name))
  }

  /** @param check refuses a secret that cannot be used; `from` is the variable to be named. */
  secret(name: SecretName, check: (secret: string, from: VariableName) => void = () => undefined): Secret | undefined {
    const file = fileOf(name)
    if (this.isSet(name) && this.isSet(file)) throw new ConfigurationError(`${name} and ${file} are both set; one of them is needed.`)
    if (this.isSet(file)) return this.secretFile(file, (secret) => check(secret, file))
    const secret = this.optional(name)
    if (secret !== undefined) check(secret, name)
    return secret
  }

  /** The secret in the file that the variable names. */
  secretFile(name: VariableName, check: (secret: string) => void = () => undefined): () => string {
    return secretReader(name, {
      read: () => this.content(name, this.required(name)),
      check,
      learn: (secret) =>
        this.heard.learn(name, [...partsOf(name, secret), ...secretPairs.map(([login]) => `${this.rawValue(login) ?? ''}:${secret}`)]),
      kept: (reason) => this.heard.kept(reason),
    })
  }

  content(name: VariableName, path: string, encoding?: TextEncoding): string {
    try {
      return this.readFile(path, encoding)
    } catch (error) {
      if (error instanceof ConfigurationError) throw new ConfigurationError(`${name}: ${error.message}`)
      throw new ConfigurationError(`${name} names the file "${path}", which cannot be read: ${(error as Error).message}.`)
    }
  }

  /** Refuses one without the other. Answers whether both are set. */
  together(one: VariableName, other: VariableName): boolean {
    if (this.isSet(one) !== this.isSet(other)) throw new ConfigurationError(`${one} and ${other} must be set together.`)
    return this.isSet(one)
  }

  /** Texts that must not be shown to anybody: the values of secret variables, and the secrets within addresses. */
  secrets(): readonly string[] {
    const names = Object.keys(variables) as VariableName[]
    return [...names.flatMap((name) => secretsIn(name, this.rawValue(name) ?? '')), ...this.logins()]
  }

  /** Name and password together, as the header of basic authentication has them. */
  private logins(): string[] {
    return secretPairs.map((pair) => pair.map((name) => this.rawValue(name) ?? '').join(':')).filter((login) => !login.endsWith(':'))
  }

  private checked(name: VariableName): string | number | undefined {
    const variable: Variable = variables[name]
    const text = this.rawValue(name) ?? variable.default
    if (text === undefined) return undefined
    const result = v.safeParse(valueSchema(variable), text)
    if (!result.success) throw wrongValue(name, text)
    return result.output
  }

  /** Trims all values but secrets: a secret without its spaces would not be the one that signs. */
  private rawValue(name: VariableName): string | undefined {
    const { kind }: Variable = variables[name]
    const text = this.values[name]
    return (kind === 'secret' ? text : text?.trim()) || undefined
  }
}

/** Names with their secrets, which stand together in headers. */
const secretPairs = [
  ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
  ['KAFKA_SASL_OAUTHBEARER_CLIENT_ID', 'KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET'],
  ['SCHEMA_REGISTRY_USER', 'SCHEMA_REGISTRY_PASSWORD'],
  ['SCHEMA_REGISTRY_CLIENT_ID', 'SCHEMA_REGISTRY_CLIENT_SECRET'],
] as const

function secretsIn(name: VariableName, text: string): string[] {
  const { kind }: Variable = variables[name]
  if (kind === 'secret') return partsOf(name, text)
  return kind === 'url' || kind === 'urls' ? entriesOf(text).flatMap(secretsInUrl) : []
}

/** Of a list of headers each value is a secret by itself, as it stands there and as it is sent. */
function partsOf(name: VariableName, secret: string): string[] {
  if (!name.startsWith('OTEL_EXPORTER_OTLP_HEADERS')) return [secret]
  return [secret, ...Object.values(headersIn(secret)), ...secret.split(',').map((pair) => pair.slice(pair.indexOf('=') + 1))]
}

function secretsInUrl(text: string): string[] {
  if (!URL.canParse(text)) return []
  const { username, password, searchParams } = new URL(text)
  const login = password === '' ? [username] : [password, decodeURIComponent(`${username}:${password}`)]
  return [...login, ...[...searchParams].filter(([name]) => isSecretName(name)).map(([, value]) => value)]
}

function wrongValue(name: VariableName, value: string): ConfigurationError {
  return new ConfigurationError(`${name} is "${withoutCredentials(value)}"; it must be ${allowedValues(variables[name])}.`)
}

/** Cuts all up to the last @, even where the text is no URL: it may hold a password that somebody forgot to encode. */
function withoutCredentials(value: string): string {
  return redacted(value.replace(/^([^/@]*\/\/)?.*@/s, '$1…@'))
}
