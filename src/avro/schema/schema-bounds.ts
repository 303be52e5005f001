import { BadRecordError } from '#errors.js'

// Bounds on a schema before anything is compiled from it. Each is far beyond what people write, and keeps the time of compiling below a
// second.

/**
 * The limit of a schema's text and its references together. The largest in use are some 100 kB; a megabyte takes up to half a second to
 * compile, and every partition waits meanwhile.
 */
export const schemaCharactersMax = 1_000_000
/**
 * The limit of nested brackets in the text. No value is read deeper than 64 records or lists within one another, and each of these takes up
 * to five brackets.
 */
const nestingMax = 400
/** The limit of named types, each of which avsc compiles to a class in 0.2 ms. All of FHIR has some 700. */
const namedTypesMax = 2000
/** The limit of fields in all records: an entity may have 10,000 leaves, and its envelope as many for the row before. */
const fieldsMax = 25_000

/** @throws BadRecordError `schema_invalid` */
export function refuseLongTexts(texts: readonly string[]): void {
  const characters = texts.reduce((sum, { length }) => sum + length, 0)
  if (characters > schemaCharactersMax) throw refusal(`more than ${schemaCharactersMax} characters, references included`)
}

/**
 * Checks a JSON text before it is parsed, as a deep one overflows the stack of whatever walks it. @throws BadRecordError `schema_invalid`
 */
export function refuseDeepText(text: string): void {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === quote) i = endOfString(text, i)
    else if (isOpening(character) && ++depth > nestingMax) throw refusal('nested too deep')
    else if (isClosing(character)) depth--
  }
}

const [quote, backslash] = [0x22, 0x5c]

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1
  return at
}

function isOpening(character: number): boolean {
  return character === 0x7b || character === 0x5b
}

function isClosing(character: number): boolean {
  return character === 0x7d || character === 0x5d
}

/** Counts the types and fields in all texts of one schema. */
export class TypeCount {
  private named = 0
  private fields = 0

  /** @param schema parsed JSON, which is not known to be a schema. @throws BadRecordError `schema_invalid` */
  add(schema: unknown): void {
    if (Array.isArray(schema)) for (const branch of schema) this.add(branch)
    else if (typeof schema === 'object' && schema !== null) this.addObject(schema as Readonly<Record<string, unknown>>)
  }

  private addObject({ name, type, fields, items, values }: Readonly<Record<string, unknown>>): void {
    if (name !== undefined && typeof type === 'string' && ++this.named > namedTypesMax) {
      throw refusal(`more than ${namedTypesMax} types with a name`)
    }
    for (const part of [type, items, values]) this.add(part)
    if (!Array.isArray(fields)) return
    this.fields += fields.length
    if (this.fields > fieldsMax) throw refusal(`more than ${fieldsMax} fields`)
    for (const field of fields) this.add((field as { type?: unknown } | null)?.type)
  }
}

function refusal(detail: string): BadRecordError {
  return new BadRecordError('schema_invalid', detail)
}
