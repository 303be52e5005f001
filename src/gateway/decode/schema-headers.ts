import { visitHeaders } from '#kafka/record-headers.js'

/** The names of the headers that name the schema of a record's key or value; undefined where there is none. */
export interface SchemaHeaders {
  readonly key: string | undefined
  readonly value: string | undefined
}

const noHeaders: SchemaHeaders = { key: undefined, value: undefined }

/**
 * Matches names in any case and with any of the usual separators: Confluent's `__value_schema_id`, Hortonworks' `value.schema.version.id`,
 * all of Apicurio's `apicurio.value.*` (which come only with an id), `schema-id` of home-made producers, and CloudEvents' `ce_dataschema`.
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

/** Names and values are cut to these lengths before they are matched: all names and content types above are shorter. */
const [nameBytesMax, valueBytesMax] = [64, 256]

/** The value of the header with this name, in any case; undefined where there is none. */
export function headerValue(headers: Buffer, wanted: string): Buffer | undefined {
  let found: Buffer | undefined
  visitHeaders(headers, (nameStart, nameEnd, valueStart, valueEnd) => {
    const isIt = nameEnd - nameStart === wanted.length && headers.toString('latin1', nameStart, nameEnd).toLowerCase() === wanted
    if (isIt) found = headers.subarray(valueStart, valueEnd)
    return !isIt
  })
  return found
}

/**
 * Finds headers that name a schema. A value or key with such a header has no prefix: its first bytes are data, and a schema id read from
 * them would be wrong.
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
