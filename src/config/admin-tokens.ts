import { ConfigurationError } from '#errors.js'

/** `view`: figures, rules, types. `act`: besides, what changes something. Neither shows a value of an entity. */
export type Right = 'view' | 'act'

/** By which somebody may look at the console. */
export interface AdminToken {
  /** By which the log names who has it. */
  readonly label: string
  readonly rights: ReadonlySet<Right>
  readonly token: string
}

/** As long as the hash by which it is compared: nobody guesses it. */
const tokenBytesMin = 32
/** Headers have a limit. */
const tokenBytesMax = 1024
/** It stands in lines of the log. */
const labelPattern = /^[^\p{C}]{1,64}$/u
/** Each is compared with each request. */
const tokensMax = 100

const rightsByName: Readonly<Record<string, readonly Right[]>> = { view: ['view'], 'view,act': ['view', 'act'] }

/**
 * The tokens of a file: a line each, `label rights token`. A line that begins with `#`, or is empty, says nothing.
 * @throws ConfigurationError whose sentence names the line, and quotes nothing of it: a token may stand where a label was meant.
 */
export function adminTokensIn(text: string): readonly AdminToken[] {
  const tokens: AdminToken[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const token = tokenOf(line)
    const fault = typeof token === 'string' ? token : faultAmong(tokens, token)
    if (fault !== undefined) throw new ConfigurationError(`ADMIN_TOKEN_FILE, line ${index + 1}: ${fault}.`)
    tokens.push(token as AdminToken)
  }
  if (tokens.length === 0)
    throw new ConfigurationError('ADMIN_TOKEN_FILE names a file without any token; a line each has: label rights token.')
  return tokens
}

/** What is wrong with the line, or its token. */
function tokenOf(line: string): AdminToken | string {
  const [label = '', rights = '', token = '', ...more] = line.trim().split(/\s+/)
  if (token === '' || more.length > 0) return 'it must have three parts with spaces between them: label rights token'
  if (!labelPattern.test(label)) return 'its label must have 1 to 64 characters that can be seen'
  if (!Object.hasOwn(rightsByName, rights)) return 'its rights must be "view" or "view,act"'
  if (!/^[\x21-\x7e]+$/.test(token)) return 'its token must be of ASCII characters that can be seen'
  if (token.length < tokenBytesMin) return `its token has ${token.length} bytes; it must have at least ${tokenBytesMin}`
  if (token.length > tokenBytesMax) return `its token has ${token.length} bytes; it may have ${tokenBytesMax}`
  return Object.freeze({ label, rights: new Set(rightsByName[rights]), token })
}

function faultAmong(tokens: readonly AdminToken[], { label, token }: AdminToken): string | undefined {
  if (tokens.length === tokensMax) return `there are more than ${tokensMax} tokens`
  if (tokens.some((one) => one.label === label)) return 'its label stands in a line before'
  return tokens.some((one) => one.token === token) ? 'its token stands in a line before' : undefined
}
