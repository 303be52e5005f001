import { visit } from 'jsonc-parser'
import type { ConfigurationError } from '#errors.js'
import { parseJson } from './json-text.js'

/**
 * Parses JSON with integers beyond 2^53 as bigints; JSON's own parser would round them silently.
 * @throws ConfigurationError as `parseJson` does.
 */
export function parseExactJson(text: string, refusal: (why: string) => ConfigurationError): unknown {
  parseJson(text, refusal)
  return exactJson(text)
}

/** @param text JSON that is not nested too deep to be walked. */
export function exactJson(text: string): unknown {
  // The parts of each open list so far; of an object names and values in turn.
  const open: unknown[][] = [[]]
  const begin = (): void => void open.push([])
  const keep = (part: unknown): void => void open.at(-1)!.push(part)
  visit(text, {
    onObjectBegin: begin,
    onObjectProperty: keep,
    onObjectEnd: () => keep(objectFrom(open.pop()!)),
    onArrayBegin: begin,
    onArrayEnd: () => keep(open.pop()),
    onLiteralValue: (value, offset, length) => keep(typeof value === 'number' ? exactNumber(text.slice(offset, offset + length)) : value),
  })
  return open[0]![0]
}

/** `__proto__` is a name like all others, as to JSON's own parser. */
function objectFrom(parts: readonly unknown[]): unknown {
  return Object.fromEntries(Array.from({ length: parts.length / 2 }, (_, index) => [parts[2 * index] as string, parts[2 * index + 1]]))
}

function exactNumber(text: string): number | bigint {
  const number = Number(text)
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number) ? BigInt(text) : number
}
