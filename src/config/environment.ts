import { ConfigurationError } from '../errors.js'
import { variables, type Variable, type VariableName } from './variables.js'

/** Reads one variable after the other; an empty value counts as not set. Every method throws a ConfigurationError with one sentence. */
export class Environment {
  constructor(
    private readonly values: Readonly<Record<string, string | undefined>>,
    private readonly readFile: (path: string) => string,
  ) {}

  isSet(name: VariableName): boolean {
    return this.optional(name) !== undefined
  }

  /** As it stands, or its default. */
  optional(name: VariableName): string | undefined {
    const { kind, choices, default: otherwise }: Variable = variables[name]
    const value = this.values[name]?.trim() || otherwise
    if (value === undefined) return undefined
    if (choices !== undefined && !choices.includes(value)) throw wrong(name, value, `one of ${choices.join(', ')}`)
    if (kind === 'switch' && !['on', 'off'].includes(value)) throw wrong(name, value, '"on" or "off"')
    if (kind === 'url' && !isHttpUrl(value)) throw wrong(name, value, 'a URL that begins with http:// or https://')
    return value
  }

  /** One that has a default, or that was seen to be set. */
  required(name: VariableName): string {
    const value = this.optional(name)
    if (value === undefined) throw new ConfigurationError(`${name} is not set.`)
    return value
  }

  integer(name: VariableName): number {
    const { min = 0, max = Number.MAX_SAFE_INTEGER, unit }: Variable = variables[name]
    const value = this.required(name)
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= min && number <= max))
      throw wrong(name, value, `a whole number from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`)
    return number
  }

  list(name: VariableName): readonly string[] {
    const entries = this.optional(name)?.split(',') ?? []
    return Object.freeze(entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))
  }

  isOn(name: VariableName): boolean {
    return this.optional(name) === 'on'
  }

  /** The content of the file that the variable names. */
  file(name: VariableName): string | undefined {
    const path = this.optional(name)
    return path === undefined ? undefined : this.content(name, path)
  }

  content(name: VariableName, path: string): string {
    try {
      return this.readFile(path)
    } catch (error) {
      throw new ConfigurationError(`${name} names the file "${path}", which cannot be read: ${(error as Error).message}.`)
    }
  }

  /** Both or neither. */
  together(one: VariableName, other: VariableName): boolean {
    if (this.isSet(one) !== this.isSet(other)) throw new ConfigurationError(`${one} and ${other} must be set together.`)
    return this.isSet(one)
  }
}

/** A secret is never shown. */
function wrong(name: VariableName, value: string, allowed: string): ConfigurationError {
  const { kind }: Variable = variables[name]
  return new ConfigurationError(`${name} is ${kind === 'secret' ? 'wrong' : `"${withoutCredentials(value)}"`}; it must be ${allowed}.`)
}

/** The password in `https://user:password@host`, also where the URL is not one. */
function withoutCredentials(value: string): string {
  return value.replace(/\/\/[^/@]*@/, '//…@')
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
