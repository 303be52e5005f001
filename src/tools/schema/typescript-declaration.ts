import { simpleName } from '#avro/schema/schema-name.js'
import type { EnumType, RecordType, SchemaField, SchemaType } from '#schema/model/schema-model.js'
import { anyPlace, type TypescriptPlace } from './typescript-place.js'

/** What becomes a declaration of its own; a fixed is a string. */
export type DeclaredType = RecordType | EnumType

/** How whole numbers of 64 bits come: as LONGS has it, or as a client's exact `parse` makes those that JavaScript's numbers would round. */
const longTexts = {
  number: ['number'],
  string: ['string'],
  'number-or-bigint': ['number', 'bigint'],
  'number-or-string': ['number', 'string'],
} as const
export type Longs = keyof typeof longTexts
export const longForms = Object.keys(longTexts) as Longs[]

export interface DeclarationOptions {
  readonly longs: Longs
  /** The name of a type as it is at a place. */
  readonly nameOf: (type: DeclaredType, place: TypescriptPlace) => string
}

/** The declaration of a type as it stands where nothing is known of who reads it. */
export function plainDeclaration(type: DeclaredType, longs: DeclarationOptions['longs']): string {
  return declarationOf(type, anyPlace, { longs, nameOf: ({ name }) => typeNameOf(name) })
}

export function declarationOf(type: DeclaredType, place: TypescriptPlace, options: DeclarationOptions): string {
  const name = options.nameOf(type, place)
  if (type.kind === 'enum') return `${docText(type.doc, '')}export type ${name} = ${type.symbols.map(literal).join(' | ')}\n`
  const fields = type.fields.map((field) => memberOf(field, place.under(field), options))
  return `${docText(type.doc, '')}export interface ${name} {\n${fields.join('')}}\n`
}

function memberOf(field: SchemaField, place: TypescriptPlace, options: DeclarationOptions): string {
  const presence = place.presenceOf(field.type)
  if (presence === 'never') return ''
  const isThere = presence === 'always' && !isYounger(field)
  const type = [...new Set(alternatives(field.type, place, options))].join(' | ')
  return `${docText(field.doc, '  ')}  readonly ${keyText(field.name)}${isThere ? '' : '?'}: ${type}\n`
}

/** Whether records may be older than the field: one that was added has a default, one that was renamed has an alias. */
function isYounger({ default: fallback, aliases }: SchemaField): boolean {
  return fallback !== undefined || aliases.length > 0
}

/** As the table in `src/avro/README.md` says. */
function alternatives(type: SchemaType, place: TypescriptPlace, options: DeclarationOptions): string[] {
  switch (type.kind) {
    case 'null':
      return ['null']
    case 'boolean':
      return ['boolean']
    case 'int':
    case 'long':
      if (type.logical !== undefined) return ['string']
      return type.kind === 'int' ? ['number'] : [...longTexts[options.longs]]
    case 'float':
    case 'double':
      // A large one is written with digits alone, which the exact parse takes for a whole number.
      return [...(options.longs === 'string' ? ['number'] : longTexts[options.longs]), 'null']
    case 'array':
      return [`readonly ${itemText(type.items, place, options)}[]`]
    case 'map':
      return [`Readonly<Record<string, ${alternatives(type.values, place, options).join(' | ')}>>`]
    case 'union':
      return type.branches.flatMap((branch) => (place.presenceOf(branch) === 'never' ? [] : alternatives(branch, place, options)))
    case 'record':
    case 'enum':
      return [options.nameOf(type, place)]
    default:
      return ['string']
  }
}

/** A hidden item is null, so that the array keeps its length. */
function itemText(items: SchemaType, place: TypescriptPlace, options: DeclarationOptions): string {
  const hidden = place.presenceOf(items) === 'always' ? [] : ['null']
  const all = [...new Set([...alternatives(items, place, options), ...hidden])]
  return all.length === 1 && /^\w+$/.test(all[0]!) ? all[0]! : `(${all.join(' | ')})`
}

/** What TypeScript takes for no name of a type. Only those that a record may be called that is named after one of its fields. */
const reserved: ReadonlySet<string> = new Set([
  ...['string', 'number', 'boolean', 'bigint', 'symbol', 'object', 'any', 'unknown', 'never', 'void', 'null', 'undefined', 'true', 'false'],
  ...['case', 'class', 'default', 'delete', 'enum', 'export', 'for', 'function', 'import', 'in', 'new', 'return', 'switch', 'this', 'with'],
])

/** The name of a type in TypeScript, where less is a name than in the schemas of connectors. */
export function typeNameOf(name: string): string {
  const own = simpleName(name)
    .replace(/[^\p{L}\p{N}_$]/gu, '_')
    .replace(/^(?=\p{N})/u, '_')
  return reserved.has(own) ? `${own}_` : own
}

function docText(doc: string | undefined, indent: string): string {
  const words = doc?.replace(/\s+/g, ' ').replaceAll('*/', '*\\/').trim()
  return words === undefined || words === '' ? '' : `${indent}/** ${words} */\n`
}

export function keyText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name)
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
