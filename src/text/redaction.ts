import { withoutTokens } from './token-search.js'

// What leaves the process for people, without its secrets: tokens, logins in addresses, parameters whose names speak of secrets, and the
// configuration's own ones, wherever somebody has put them.

const mark = '[redacted]'

/** Names of parameters whose value nobody else must read. */
const secretName = /token|secret|passw|pwd|key|signature|\bsig\b|auth|credential|jwt|\bcode\b/i

/** A secret that is shorter is in half of all words. */
const secretCharactersMin = 4

/** Lines without any of these hold nothing that a pattern would find: nearly all of them. */
const suspect = /e[yw][aijko0]|[@=%]|bearer|authorization|cookie/i

/** What can be told by its looks. */
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

/** A password may hold more of these signs: the last one ends it. */
function withoutLogin(rest: string): string {
  const at = rest.lastIndexOf('@')
  return at === -1 ? rest : `://${mark}${rest.slice(at)}`
}

/** An address for people: without login, and without what is asked there. */
export function redactedUrl(text: string): string {
  if (!URL.canParse(text)) return redacted(text)
  const { protocol, host, pathname, search } = new URL(text)
  return `${protocol}//${host}${redacted(pathname)}${search === '' ? '' : '?…'}`
}

/** Whether a parameter of an address may be shown by its name. */
export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

export class Redaction {
  private readonly patterns: readonly RegExp[]
  /** As they stand in a line of JSON where nothing else in it is suspect. */
  private readonly inJson: readonly string[]

  /** @param secrets that are known, such as passwords. */
  constructor(secrets: readonly string[]) {
    // The longest first, as one may be a part of another.
    const known = [...new Set(secrets)]
      .filter(({ length }) => length >= secretCharactersMin)
      .sort((one, other) => other.length - one.length)
    this.patterns = known.map(patternOf)
    this.inJson = known.flatMap((secret) => [JSON.stringify(secret).slice(1, -1), base64Of(secret)])
  }

  text(text: string): string {
    return redacted(this.patterns.reduce((rest, pattern) => rest.replace(pattern, mark), text))
  }

  /** A line of JSON: only its strings, so that it stays JSON. */
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

/** As it stands, with any of its characters as a URL has them, and, of a name with its password, as the header of basic authentication has it. */
function patternOf(secret: string): RegExp {
  const characters = Array.from(secret, (character) => {
    const bytes = [...Buffer.from(character)].map((byte) => `%(?:25)?${hexPattern(byte)}`).join('')
    return `(?:${escaped(character)}|${bytes})`
  })
  return new RegExp(`${characters.join('')}|${escaped(base64Of(secret))}`, 'gu')
}

function base64Of(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** In either case. */
function hexPattern(byte: number): string {
  return Array.from(byte.toString(16).padStart(2, '0'), (digit) => `[${digit}${digit.toUpperCase()}]`).join('')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
