/** Generated Avro values as a service would hold them: without the wrappers of unions, dates as `Date` or text, decimals as text. */
import type { Branch } from './avro-cases.js'
import { type AvroJson, type AvroObject, type NamedTypes, resolve } from './avro-cases.js'
import { plainRecordJson } from './plain-values.js'

/** Thrown for values that no service can mean, since clients would not see them: NaN, a date beyond the calendar, a uuid that is none, too many digits. */
export class NotShown extends Error {}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** @throws NotShown */
export function serviceValue(schema: AvroJson, value: unknown, types: NamedTypes): unknown {
  const type = resolve(schema, types)
  if (Array.isArray(type)) {
    const { index, value: inner } = value as Branch
    return serviceValue(type[index]!, inner, types)
  }
  if (type.type === 'array') return (value as unknown[]).map((item) => serviceValue(type.items!, item, types))
  if (type.type === 'map') return new Map([...(value as Map<string, unknown>)].map(([k, v]) => [k, serviceValue(type.values!, v, types)]))
  if (type.type !== 'record') return scalarValue(type, value)
  const members = value as Record<string, unknown>
  const object = {}
  for (const { name, type: field } of type.fields!)
    Object.defineProperty(object, name, { value: serviceValue(field, members[name], types), enumerable: true })
  return object
}

function scalarValue(type: AvroObject, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new NotShown()
  if (type.type === 'string' && type.logicalType === 'uuid' && !uuid.test(value as string)) throw new NotShown()
  const shown = shownText(type, value)
  if (type.logicalType === 'timestamp-millis' && type.type === 'long') return new Date(calendarText(shown))
  if (type.logicalType === 'decimal' && shown.replace(/\D/g, '').replace(/^0+/, '').length > (type.precision ?? 0)) throw new NotShown()
  if (isReadAsText(type)) return calendarText(shown)
  return value
}

function isReadAsText({ type, logicalType = '', precision = 0, scale = 0 }: AvroObject): boolean {
  if (type === 'int') return logicalType === 'date' || logicalType === 'time-millis'
  if (type === 'long') return /^(local-)?time/.test(logicalType)
  if (type === 'fixed') return logicalType !== ''
  return type === 'bytes' && logicalType === 'decimal' && precision >= scale
}

/** What clients see of it, without its quotes. */
function shownText(type: AvroObject, value: unknown): string {
  const record = { type: 'record', name: 'Alone', fields: [{ name: 'x', type }] }
  const json = plainRecordJson(record, { x: value }, { types: new Map(), permitted: new Set(['x']), path: '' })
  return json.slice('{"x":'.length, -1).replaceAll('"', '')
}

/** Years outside of four digits have no text that everybody reads. */
function calendarText(shown: string): string {
  if (shown === 'null' || /^[+-]\d{6}-/.test(shown)) throw new NotShown()
  return shown
}
