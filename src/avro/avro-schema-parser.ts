import avsc from 'avsc'
import { exactJson } from '#text/exact-json.js'
import { BadRecordError } from '#errors.js'
import type { AvroNode } from './schema/avro-schema.js'
import { skipOf } from './read/avro-skip.js'
import { SchemaReader } from './schema/schema-reader.js'
import { SchemaSkeletons } from './schema/schema-skeleton.js'
import { refuseDeepText, refuseLongTexts, TypeCount } from './schema/schema-bounds.js'

/**
 * Parses a schema's JSON text after the schemas that it references; each of these must stand after those that it needs itself. avsc decides
 * whether the schema is valid. It sees neither names, which take no part in the bytes, nor defaults, since it refuses some that Java writes and
 * the gateway reads none.
 * @throws BadRecordError `schema_invalid`
 */
export function parseAvroSchema(text: string, references: readonly string[] = []): AvroNode {
  return parseAvroSchemas(text, references).root
}

/** The same, with the tree of each reference. @param origins where each reference comes from, for messages. */
export function parseAvroSchemas(
  text: string,
  references: readonly string[],
  origins: readonly string[] = [],
): { root: AvroNode; references: readonly AvroNode[] } {
  const parser = new AvroSchemaParser()
  try {
    refuseLongTexts([text, ...references])
    const nodes = references.map((reference, index) => parser.parse(reference, origins[index] ?? `reference ${index + 1}`))
    const root = parser.parse(text, 'the schema itself')
    // Compiled now, as it visits the whole schema: one that overflows the stack is not usable.
    skipOf(root)
    return { root, references: nodes }
  } catch (error) {
    if (error instanceof BadRecordError) throw error
    throw new BadRecordError('schema_invalid', reasonText(error))
  }
}

/** The part of avsc's reasons that people read. Most of these contain the whole schema. */
const reasonCharactersMax = 200

/** avsc explains an error that it looks for; other errors of a schema make it fail with a TypeError or a RangeError. */
function reasonText(error: unknown): string | undefined {
  if (error instanceof RangeError) return 'nested too deep'
  if (error instanceof TypeError) return 'a field without a type, or an attribute of another kind than Avro asks for'
  return error instanceof Error ? shortened(error.message) : undefined
}

function shortened(reason: string): string {
  return reason.length <= reasonCharactersMax ? reason : `${reason.slice(0, reasonCharactersMax)}...`
}

class AvroSchemaParser {
  private readonly reader = new SchemaReader()
  private readonly skeletons = new SchemaSkeletons()
  private readonly judge = new AvscJudge()
  private readonly count = new TypeCount()

  parse(text: string, origin: string): AvroNode {
    refuseDeepText(text)
    const schema: unknown = JSON.parse(text)
    this.count.add(schema)
    this.judge.refuseInvalid(this.skeletons.of(schema))
    return this.reader.read(exactJson(text), { origin })
  }
}

class AvscJudge {
  // Without a prototype, since avsc would take a reference to `constructor` for a known type.
  private readonly types = Object.create(null) as Record<string, avsc.Type>

  refuseInvalid(schema: unknown): void {
    avsc.Type.forSchema(schema as avsc.Schema, { registry: this.types, wrapUnions: 'always', noAnonymousTypes: true })
  }
}

/** Why other readers refuse a schema that the gateway reads, for example by a name; undefined where they do not. */
export function otherReadersFault(text: string, references: readonly string[]): string | undefined {
  const judge = new AvscJudge()
  try {
    for (const one of [...references, text])
      judge.refuseInvalid(JSON.parse(one, (name, value: unknown) => (name === 'default' ? undefined : value)))
    return undefined
  } catch (error) {
    return reasonText(error) ?? 'it is refused without a reason'
  }
}
