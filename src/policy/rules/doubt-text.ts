import type { ValueKind } from '#avro/entity-schema.js'
import type { Doubt } from './doubt.js'

/** Nobody reads a longer value in a sentence. */
const valueCharactersMax = 80

/**
 * The rest of a sentence about a condition: `compares "total" with "many", but there is a number: write a number, such as 10 or "10.50"`.
 */
export function doubtText(doubt: Doubt): string {
  const { path, operator } = doubt.comparison
  switch (doubt.why) {
    case 'no_path':
      return `asks for "${path}", which is not there, or lies in an array within an array: write the path of a field, through one array or map a step`
    case 'no_list':
      return `asks ${operator} of "${path}", which is no list: compare the value itself, as by $eq or $in`
    case 'other_kind':
      return `compares "${path}" with ${shortened(JSON.stringify(doubt.literal))}, but there is ${kindsText(doubt)}`
  }
}

const words: Readonly<Record<ValueKind, readonly [what: string, instead: string]>> = {
  number: ['a number', 'a number, such as 10 or "10.50"'],
  instant: ['a date or time', 'one in ISO 8601, such as "2026-01-31" or "2026-01-31T08:00:00Z"'],
  boolean: ['true or false', 'true or false'],
  text: ['a text', 'a text, such as "5"'],
}

function kindsText({ kinds, literal }: Doubt): string {
  if (kinds.size === 0) return 'no value that can be compared: write the path of a field in it'
  const there = [...kinds].map((kind) => words[kind])
  const unit = literal?.kind === 'instant' && kinds.has('number') ? ' (the schema does not say that it means a time)' : ''
  return `${there.map(([what]) => what).join(' or ')}${unit}: write ${there.map(([, instead]) => instead).join(', or ')}`
}

function shortened(text: string): string {
  return text.length > valueCharactersMax ? `${text.slice(0, valueCharactersMax)}…` : text
}
