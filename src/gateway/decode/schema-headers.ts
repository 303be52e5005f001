import { visitHeaders } from '#kafka/record-headers.js'

/** Names of headers that say which schema wrote a record's key or value; undefined where none does. */
export interface SchemaHeaders {
  readonly key: string | undefined
  readonly value: string | undefined
}

const noHeaders: SchemaHeaders = { key: undefined, value: undefined }

/**
 * In any case, with any of the usual separators: Confluent's `__value_schema_id`, Hortonworks' `value.schema.version.id`, all of Apicurio's
 * `apicurio.value.*` (which stand there with an id alone); what producers of their own call `schema-id`; CloudEvents' `ce_dataschema`.
 */
const valueName = new RegExp(
  [
    String.raw`^_*value[._-]?schema[._-]?(?:version[._-]?)?(?:id|guid)$`,
    String.raw`^apicurio[._-]value[._-]`,
    String.raw`^_*(?:avro[._-]?)?schema[._-]?(?:id|guid|identifier)$`,
    String.raw`^avro[._-]?schema$`,
    String.raw`^(?:ce|cloudevents)[:_-]dataschema$`,
  ].join('|'),
  'i',
)
const keyName = /^_*key[._-]?schema[._-]?(?:version[._-]?)?(?:id|guid)$|^apicurio[._-]key[._-]/i
const contentTypeName = /^(?:ce[:_-])?(?:data)?content[._-]?type$/i
/** Azure's `avro/binary+<id>` and Spring's `application/vnd.order.v1+avro`; `application/avro` names no schema. */
const contentTypeOfSchema = /^[\s"']*(?:avro\/binary\s*\+|application\/(?:vnd\.)?[^;\s]*\.v\d+\+avro)/i

/** Longer names than any of these are cut, and longer values than any content type. */
const [nameBytesMax, valueBytesMax] = [64, 256]

/**
 * A value that a header names the schema of has no prefix: its first bytes are data, and whatever schema they seem to name would be the wrong one.
 * @param headers as in `KafkaRecord`.
 */
export function schemaHeadersIn(headers: Buffer | undefined): SchemaHeaders {
  if (headers === undefined) return noHeaders
  let key: string | undefined
  let value: string | undefined
  visitHeaders(headers, (nameStart, nameEnd, valueStart, valueEnd) => {
    const name = headers.toString('latin1', nameStart, Math.min(nameEnd, nameStart + nameBytesMax))
    if (keyName.test(name)) key ??= name
    else if (valueName.test(name)) value ??= name
    else if (contentTypeName.test(name)) {
      const type = headers.toString('latin1', valueStart, Math.min(valueEnd, valueStart + valueBytesMax))
      if (contentTypeOfSchema.test(type)) value ??= name
    }
    return key === undefined || value === undefined
  })
  return key === undefined && value === undefined ? noHeaders : { key, value }
}
