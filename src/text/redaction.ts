import { withoutTokens } from './token-search.js'

// Takes the secrets out of what the process shows to people: tokens, logins in addresses, parameters with names that speak of secrets, and
// the secrets of the configuration, wherever they stand.

const mark = '[redacted]'

/** The names of parameters with secret values. */
const secretName = /token|secret|passw|pwd|key|signature|\bsig\b|auth|credential|jwt|\bcode\b/i

/** A shorter secret would be found in half of all words. */
const secretCharactersMin = 4

/** A line without any of these holds nothing that another pattern would find. Nearly all lines are of that kind. */
const suspect = /e[yw][aijko0]|[@=%]|bearer|authorization|cookie/i

/** Takes out the secrets that can be recognized by their form. */
export function redacted(text: string): string {
  if (!suspect.test(text)) return text
  return withoutTokens(withoutHeaders(text), mark)
    .replace(/:\/\/[^\s"]*/g, withoutLogin)
    .replace(/([?&;]|%3f|%26)([^=&?\s"]{1,64})(=|%3d)([^&\s"#]+)/gi, (whole, before: string, name: string, equals: string) =>
      secretName.test(name) ? `${before}${name}${equals}${mark}` : whole,
    )
    .replace(/((?:token|secret|passw(?:or)?d|pwd|api[_-]?key|signature|jwt)[\w-]{0,32}(?:\s*=\s*|%3d))[^\s"&,;]+/gi, `$1${mark}`)
}

function withoutHeaders(text: string): string {
  return text
    .replace(/((?:authorization|cookie)["']?\s*[:=]\s*)[^\n]+/gi, `$1${mark}`)
    .replace(/(\bbearer(?:[\s.:=+]|%20)+)[^\s"&,;]{6,}/gi, `$1${mark}`)
}

/** A password may contain this sign, so that the last one ends the login. */
function withoutLogin(rest: string): string {
  const at = rest.lastIndexOf('@')
  return at === -1 ? rest : `://${mark}${rest.slice(at)}`
}

/** An address without its login and its query. */
export function redactedUrl(text: string): string {
  if (!URL.canParse(text)) return redacted(text)
  const { protocol, host, pathname, search } = new URL(text)
  return `${protocol}//${host}${redacted(pathname)}${search === '' ? '' : '?…'}`
}

/** Whether the name of an address's parameter says that its value is secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

export class Redaction {
  private patterns: readonly RegExp[] = []
  /** The secrets as they are written in JSON. A line is searched for them where nothing else in it is suspect. */
  private inJson: readonly string[] = []
  /** By where they are from: those of now, and those before them, of which something may still be said. */
  private readonly learned = new Map<string, readonly (readonly string[])[]>()

  /** @param secrets the known ones, such as passwords. */
  constructor(secrets: readonly string[]) {
    this.learn('', secrets)
  }

  /** @param from where they are from: what was learned from there before the last time is forgotten. */
  learn(from: string, secrets: readonly string[]): void {
    const now = this.learned.get(from)?.[0]
    if (now !== undefined && secrets.every((secret) => now.includes(secret))) return
    this.learned.set(from, [secrets, ...(now === undefined ? [] : [now])])
    // The longest first, as one secret may be part of another.
    const known = [...new Set([...this.learned.values()].flat(2))]
      .filter(({ length }) => length >= secretCharactersMin)
      .sort((one, other) => other.length - one.length)
    this.patterns = known.map(patternOf)
    this.inJson = known.flatMap((secret) => [JSON.stringify(secret).slice(1, -1), toBase64(secret)])
  }

  text(text: string): string {
    return redacted(this.patterns.reduce((rest, pattern) => rest.replace(pattern, mark), text))
  }

  /** Takes secrets out of a line of JSON. Only its strings are changed, so that it stays JSON. */
  line(line: string): string {
    if (!suspect.test(line) && !this.inJson.some((secret) => line.includes(secret))) return line
    return line.replace(/"[^"\\]*(?:\\.[^"\\]*)*"(:?)/g, (literal, colon: string) =>
      colon === ':' ? `${member(literal.slice(0, -1), redacted)}:` : member(literal, (text) => this.text(text)),
    )
  }
}

function member(literal: string, redact: (text: string) => string): string {
  const text = JSON.parse(literal) as string
  const rest = redact(text)
  return rest === text ? literal : JSON.stringify(rest)
}

/**
 * Matches the secret as it stands, with any of its characters percent-encoded, and in base64, as the header of basic authentication has a
 * name with its password.
 */
function patternOf(secret: string): RegExp {
  const characters = Array.from(secret, (character) => {
    const bytes = [...Buffer.from(character)].map((byte) => `%(?:25)?${hexPattern(byte)}`).join('')
    return `(?:${escaped(character)}|${bytes})`
  })
  return new RegExp(`${characters.join('')}|${escaped(toBase64(secret))}`, 'gu')
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Matches the byte's hex digits in upper and lower case. */
function hexPattern(byte: number): string {
  return Array.from(byte.toString(16).padStart(2, '0'), (digit) => `[${digit}${digit.toUpperCase()}]`).join('')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
