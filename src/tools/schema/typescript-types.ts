// Writes TypeScript types for what clients receive. Enters: the entities. Leaves: the text of a module, the same for the same schemas.
import { type EntityDefinition, seedEntity } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { namedTypesOf } from '#schema/model/named-types.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import type { NamedType, SchemaField, SchemaType } from '#schema/model/schema-model.js'
import { validModelOf } from '#schema/model/schema-validity.js'
import { simpleName } from '#avro/schema/schema-name.js'

export interface TypescriptOptions {
  /** The same as the gateway's LONGS. */
  readonly longs: 'number' | 'string'
  /** The layout of an entity's topics, which may say that it is streamable where its schema cannot; by default the seed's. */
  readonly definitionOf?: (entityType: string) => EntityDefinition
}

const header = `// Written by \`sluice types\` from the schemas of the entities. Change those, not this.
// Every member may be missing: a client is sent what its rights show. What is hidden in an array is null, so that it keeps its length.
`

/** Names that the written module uses itself, so that no type may have them. */
const ownNames = ['Entities', 'Readonly', 'Record']

/** Writes the streamable entities by name. @throws ConfigurationError where a schema is not valid, or two types have one name. */
export function typescriptOf(entities: readonly EntityFile[], { longs, definitionOf = seedEntity }: TypescriptOptions): string {
  const models = entities.map((entity) => ({ entityType: entity.entityType, root: validModelOf(entity) }))
  const isStreamed = ({ entityType, root }: (typeof models)[number]) => definitionOf(entityType).streamable ?? root.streamable
  const streamed = models.filter(isStreamed).sort((one, other) => (one.entityType < other.entityType ? -1 : 1))
  const types = new Map<string, NamedType>()
  for (const type of streamed.flatMap(({ root }) => namedTypesOf(root))) {
    if (type.kind === 'fixed') continue
    if (ownNames.includes(simpleName(type.name)))
      throw new ConfigurationError(`${type.name} would have a name that these types need themselves; rename it.`)
    const known = types.get(simpleName(type.name))
    if (known !== undefined && known.name !== type.name)
      throw new ConfigurationError(`${known.name} and ${type.name} would have one name in TypeScript; rename one of them.`)
    if (known !== undefined && declarationOf(known, longs) !== declarationOf(type, longs))
      throw new ConfigurationError(`${type.name} is declared in two ways; rename one of them, or share one in the folder types/.`)
    types.set(simpleName(type.name), known ?? type)
  }
  const members = streamed.map(({ entityType, root }) => `  readonly ${keyText(entityType)}: ${simpleName(root.name)}\n`)
  const all = `/** The \`data\` of an update by its \`entity_type\`. */\nexport interface Entities {\n${members.join('')}}\n`
  return [header, all, ...[...types.values()].map((type) => declarationOf(type, longs))].join('\n')
}

function declarationOf(type: NamedType, longs: TypescriptOptions['longs']): string {
  const name = simpleName(type.name)
  if (type.kind === 'enum') return `${docText(type.doc, '')}export type ${name} = ${type.symbols.map(literal).join(' | ')}\n`
  const fields = type.kind === 'record' ? type.fields.map((field) => memberOf(field, longs)) : []
  return `${docText(type.doc, '')}export interface ${name} {\n${fields.join('')}}\n`
}

function memberOf({ name, doc, type }: SchemaField, longs: TypescriptOptions['longs']): string {
  return `${docText(doc, '  ')}  readonly ${keyText(name)}?: ${[...new Set(alternatives(type, longs))].join(' | ')}\n`
}

/** As the table in `src/avro/README.md` says. */
function alternatives(type: SchemaType, longs: TypescriptOptions['longs']): string[] {
  switch (type.kind) {
    case 'null':
      return ['null']
    case 'boolean':
      return ['boolean']
    case 'int':
    case 'long':
      if (type.logical !== undefined) return ['string']
      return [type.kind === 'int' ? 'number' : longs]
    case 'float':
    case 'double':
      return ['number', 'null']
    case 'array':
      return [`readonly (${[...new Set([...alternatives(type.items, longs), 'null'])].join(' | ')})[]`]
    case 'map':
      return [`Readonly<Record<string, ${alternatives(type.values, longs).join(' | ')}>>`]
    case 'union':
      return type.branches.flatMap((branch) => alternatives(branch, longs))
    case 'record':
    case 'enum':
      return [simpleName(type.name)]
    default:
      return ['string']
  }
}

function docText(doc: string | undefined, indent: string): string {
  const words = doc?.replace(/\s+/g, ' ').replaceAll('*/', '*\\/').trim()
  return words === undefined || words === '' ? '' : `${indent}/** ${words} */\n`
}

function keyText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name)
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
