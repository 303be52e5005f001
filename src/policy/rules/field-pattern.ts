import type { EntitySchema } from '#avro/entity-schema.js'
import { fieldName } from './field-name.js'
import type { Place } from './place.js'

/** An entry of a rule's `fields`, which names leaves. */
export class FieldPattern {
  constructor(
    readonly text: string,
    private readonly names: (schema: EntitySchema) => readonly number[],
  ) {}

  /** The leaves of the schema that the pattern names, by their index. */
  leavesOf(schema: EntitySchema): readonly number[] {
    return this.names(schema)
  }

  toJSON(): string {
    return this.text
  }
}

const tagPrefix = 'tag:'

/**
 * Reads `address.city`, `items.*`, `**.sku` or `tag:PII`. `*` is one step of a path, `**` any number of steps, or none. A path to a
 * container names all leaves under it, with or without `*` at its end.
 * @param shows whether the rule shows what it names, or hides it.
 */
export function parseFieldPattern(json: unknown, place: Place, shows = true): FieldPattern {
  if (typeof json !== 'string') throw place.refusal('must be a string: a path, a pattern or a tag')
  if (json.startsWith(tagPrefix)) return tagPattern(json, place, shows)
  const steps = json.split('.')
  if (!steps.every((step) => step === '*' || step === '**' || fieldName.test(step))) {
    throw place.refusal(
      'must be a path of field names, "*" (one step) and "**" (any steps), or "tag:" and a tag; a name is written out or left to a "*"',
    )
  }
  return new FieldPattern(json, pathPattern(steps))
}

/** A leaf that may carry the tag is hidden by a rule that hides the tag, but not shown by one that shows it. */
function tagPattern(text: string, place: Place, shows: boolean): FieldPattern {
  const tag = text.slice(tagPrefix.length)
  if (tag === '' || tag.includes('${')) throw place.refusal('must name a tag after "tag:"')
  return new FieldPattern(text, (schema) => {
    return !shows && schema.mayCarry(tag) ? [...schema.leaves.keys()] : [...(schema.tags.get(tag) ?? [])]
  })
}

function pathPattern(steps: readonly string[]): (schema: EntitySchema) => number[] {
  // The leaves under a container are named with it, so that any steps may follow the path.
  const open = [...steps, '**']
  return (schema) => schema.leaves.flatMap((leaf, index) => (matches(open, leaf.split('.')) ? [index] : []))
}

/** Goes back to the last `**` only, so that the time is at most the product of both lengths, whatever the pattern. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  let p = 0
  let anyAt = -1
  let anyUntil = 0
  for (let i = 0; i < path.length;) {
    if (pattern[p] === '**') {
      anyAt = p++
      anyUntil = i
    } else if (pattern[p] === '*' || pattern[p] === path[i]) {
      p++
      i++
    } else {
      if (anyAt === -1) return false
      p = anyAt + 1
      i = ++anyUntil
    }
  }
  while (pattern[p] === '**') p++
  return p === pattern.length
}
