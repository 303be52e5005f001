import avsc from 'avsc'
import { exactJson } from '#text/exact-json.js'
import { BadRecordError } from '#errors.js'
import type { AvroNode } from './schema/avro-schema.js'
import { skipOf } from './read/avro-skip.js'
import { SchemaReader } from './schema/schema-reader.js'
import { refuseDeepText, refuseLongTexts, TypeCount } from './schema/schema-bounds.js'

/**
 * Parses a schema's JSON text after the schemas that it references; each of these must stand after those that it needs itself. avsc decides
 * whether the schema is valid. It does not see the defaults, since it refuses some that Java writes and the gateway reads none.
 * @throws BadRecordError `schema_invalid`
 */
export function parseAvroSchema(text: string, references: readonly string[] = []): AvroNode {
  return parseAvroSchemas(text, references).root
}

/** The same, with the tree of each reference. */
export function parseAvroSchemas(text: string, references: readonly string[]): { root: AvroNode; references: readonly AvroNode[] } {
  const parser = new AvroSchemaParser()
  try {
    refuseLongTexts([text, ...references])
    const nodes = references.map((reference) => parser.parse(reference))
    const root = parser.parse(text)
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
  // Without a prototype, since avsc would take a reference to `constructor` for a known type.
  private readonly avscTypes = Object.create(null) as Record<string, avsc.Type>
  private readonly count = new TypeCount()

  parse(text: string): AvroNode {
    refuseDeepText(text)
    const withoutDefaults = JSON.parse(text, (name, value: unknown) => (name === 'default' ? undefined : value)) as avsc.Schema
    this.count.add(withoutDefaults)
    const judged = { registry: this.avscTypes, wrapUnions: 'always', noAnonymousTypes: true } as const
    avsc.Type.forSchema(withoutDefaults, judged)
    return this.reader.read(exactJson(text))
  }
}
