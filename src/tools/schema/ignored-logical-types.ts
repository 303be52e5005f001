// Finds logical types that have no effect. Enters: the JSON of a file whose schema is valid. Leaves: their places, and what is wrong with
// each.
import { meaningOf } from '#avro/schema/avro-logical-type.js'
import { primitives } from '#avro/schema/avro-schema.js'
import type { SchemaFile } from '#schema/files/schema-folder.js'
import type { SchemaPlace } from '#schema/model/schema-model.js'
import { simpleName } from '#avro/schema/schema-name.js'

export interface IgnoredLogicalType {
  readonly place: SchemaPlace
  /** A sentence. */
  readonly what: string
}

export function ignoredLogicalTypesIn({ file, schema }: SchemaFile): IgnoredLogicalType[] {
  return ignoredIn(schema, { file, at: [] }, simpleName(schema.name))
}

type JsonObject = Readonly<Record<string, unknown>>

/** @param name the name of the field or of the type around it. */
function ignoredIn(schema: unknown, { file, at }: SchemaPlace, name: string): IgnoredLogicalType[] {
  if (typeof schema !== 'object' || schema === null) return []
  const within = (...more: (string | number)[]): SchemaPlace => ({ file, at: [...at, ...more] })
  if (Array.isArray(schema)) return schema.flatMap((branch, index) => ignoredIn(branch, within(index), name))
  const { fields = [], items, values, ...own } = schema as JsonObject
  const why = whyIgnored(own)
  return [
    ...(why === undefined ? [] : [{ place: within(), what: sentenceOf(name, own, why) }]),
    ...(fields as JsonObject[]).flatMap((field, index) => ignoredOfField(field, within('fields', index))),
    ...ignoredIn(items, within('items'), name),
    ...ignoredIn(values, within('values'), name),
  ]
}

function ignoredOfField(field: JsonObject, place: SchemaPlace): IgnoredLogicalType[] {
  const name = String(field['name'])
  const type = ignoredIn(field['type'], { ...place, at: [...place.at, 'type'] }, name)
  if (!('logicalType' in field)) return type
  return [{ place, what: sentenceOf(name, field, 'it is said of the field, and not within its type') }, ...type]
}

/** Why a logical type is ignored, as the rest of a sentence; undefined where it is not ignored. */
function whyIgnored(declared: JsonObject): string | undefined {
  const { type, logicalType, precision = 'missing', scale = 0, size } = declared
  if (!('logicalType' in declared) || isTaken(String(type), declared)) return undefined
  const bases = basesOf(logicalType)
  if (bases.length === 0) return 'the gateway knows no such logical type'
  if (!bases.includes(String(type))) return `that stands on ${bases.join(' or ')}, and this is of the type ${String(type)}`
  const sizeText = size === undefined ? [] : [`its size is ${JSON.stringify(size)}`]
  const digitsText = logicalType === 'decimal' ? [`its precision is ${String(precision)}`, `its scale is ${String(scale)}`] : []
  return [...digitsText, ...sizeText].join(', ')
}

/** Types that hold other types have no logical types. */
function isTaken(type: string, declared: JsonObject): boolean {
  const base = bases.find((one) => one === type)
  return base !== undefined && meaningOf(base, declared) !== undefined
}

const bases = [...primitives, 'fixed'] as const

/** Asks the decoder about each logical type, with digits that a decimal may have and with the sizes that fixed types have. */
function basesOf(logicalType: unknown): string[] {
  const asked = { logicalType, precision: 1 }
  return bases.filter((base) => [12, 16].some((size) => isTaken(base, { ...asked, size })))
}

function sentenceOf(name: string, { logicalType }: JsonObject, why: string): string {
  return `"${name}" is no ${typeof logicalType === 'string' ? logicalType : JSON.stringify(logicalType)}: ${why}.`
}
