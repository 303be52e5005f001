import { parseJson } from './json-text.js'
import type { ConfigurationError } from '#errors.js'

/**
 * JSON with integers beyond 2^53 as bigints, which JSON's own parser would round without a word.
 * @throws ConfigurationError as `parseJson` does.
 */
export function parseExactJson(text: string, refusal: (why: string) => ConfigurationError): unknown {
  parseJson(text, refusal)
  return exactJson(text)
}

/** @param text that is JSON */
export function exactJson(text: string): unknown {
  return JSON.parse(text.replace(tokens, marked), (_name, value: unknown) => (typeof value === 'string' ? unmarked(value) : value))
}

/** Of valid JSON, its strings, with the colon behind those that are names, and its numbers. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Every text that is a value gets a letter before it, so that no text can pass for a number. */
function marked(token: string): string {
  if (token.endsWith(':')) return token
  if (token.startsWith('"')) return `"t${token.slice(1)}`
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"n${token}"` : token
}

function unmarked(text: string): string | bigint {
  return text.startsWith('n') ? BigInt(text.slice(1)) : text.slice(1)
}
