// Writes TypeScript types for what clients receive. Enters: the entities. Leaves: the text of a module, the same for the same schemas.
import { type EntityDefinition, seedEntity, unavailableValueOf } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { namedTypesOf } from '#schema/model/named-types.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import type { NamedType, RecordType } from '#schema/model/schema-model.js'
import { validModelOf } from '#schema/model/schema-validity.js'
import { streamedFileOf } from '#schema/subjects/streamed-record.js'
import {
  type DeclarationOptions,
  type DeclaredType,
  declarationOf,
  keyText,
  plainDeclaration,
  typeNameOf,
} from './typescript-declaration.js'
import { anyPlace, type Presence, rootPlace, type TypescriptPlace } from './typescript-place.js'

export interface TypescriptOptions extends Pick<DeclarationOptions, 'longs'> {
  /** The layout of an entity's topics, which may say that it is streamable where its schema cannot; by default the seed's. */
  readonly definitionOf?: (entityType: string) => EntityDefinition
  /** The roles of the clients, where the types are for these alone. */
  readonly reader?: TypescriptReader
}

/** Clients with certain roles, and no others. */
export interface TypescriptReader {
  readonly roles: readonly string[]
  /** Of each leaf of the type, in the schema's order, whether these clients see it. */
  readonly leavesOf: (entityType: string) => readonly Presence[]
}

const origin = '// Written by `sluice types` from the schemas of the entities. Change those, not this.\n'

function headerFor(reader: TypescriptReader | undefined): string {
  if (reader === undefined)
    return `${origin}// Every member may be missing: a client is sent what its rights show. What is hidden in an array is null, so that it keeps its length.
`
  return `${origin}// For clients with no other roles than ${reader.roles.map((role) => JSON.stringify(role)).join(', ')}: what these never show is not here.
// A member may be missing where conditions may hide it, and where it has a default or an alias, as there may be records older than it.
`
}

/** Names that the written module uses itself, so that no type may have them. */
const ownNames = ['Entities', 'Readonly', 'Record']

interface StreamedEntity {
  readonly entityType: string
  readonly root: RecordType
  readonly place: TypescriptPlace
}

/** Writes the streamable entities by name. @throws ConfigurationError where a schema is not valid, or two types have one name. */
export function typescriptOf(entities: readonly EntityFile[], options: TypescriptOptions): string {
  const streamed = streamedOf(entities, options)
  refuseNames(streamed, options.longs)
  const module = new TypescriptModule(streamed, options.longs)
  const members = streamed.map((entity) => `  readonly ${keyText(entity.entityType)}: ${module.nameOf(entity.root, entity.place)}\n`)
  const all = `/** The \`data\` of an update by its \`entity_type\`. */\nexport interface Entities {\n${members.join('')}}\n`
  return [headerFor(options.reader), all, ...module.declarations].join('\n')
}

/** Those of which the reader ever sees anything, by name. */
function streamedOf(entities: readonly EntityFile[], { definitionOf = seedEntity, reader }: TypescriptOptions): StreamedEntity[] {
  return entities
    .map((entity) => {
      const { entityType } = entity
      const definition = definitionOf(entityType)
      const root = validModelOf(streamedFileOf(entity, definition))
      const place = reader === undefined ? anyPlace : rootPlace(root, leavesSentOf(definition, reader))
      return { entityType, root, place, isStreamed: root.streamable }
    })
    .filter(({ isStreamed, root, place }) => isStreamed && place.presenceOf(root) !== 'never')
    .sort((one, other) => (one.entityType < other.entityType ? -1 : 1))
}

/** What a connector does not have it leaves out, whoever reads it. */
function leavesSentOf(definition: EntityDefinition, { leavesOf }: TypescriptReader): readonly Presence[] {
  const leaves = leavesOf(definition.name)
  if (unavailableValueOf(definition) === undefined) return leaves
  return leaves.map((presence) => (presence === 'always' ? 'sometimes' : presence))
}

function refuseNames(streamed: readonly StreamedEntity[], longs: DeclarationOptions['longs']): void {
  const types = new Map<string, DeclaredType>()
  for (const type of streamed.flatMap(({ root }) => namedTypesOf(root)).filter(isDeclared)) {
    if (ownNames.includes(typeNameOf(type.name)))
      throw new ConfigurationError(`${type.name} would have a name that these types need themselves; rename it.`)
    const known = types.get(typeNameOf(type.name))
    if (known !== undefined && known.name !== type.name)
      throw new ConfigurationError(`${known.name} and ${type.name} would have one name in TypeScript; rename one of them.`)
    if (known !== undefined && plainDeclaration(known, longs) !== plainDeclaration(type, longs))
      throw new ConfigurationError(`${type.name} is declared in two ways; rename one of them, or share one in the folder types/.`)
    types.set(typeNameOf(type.name), known ?? type)
  }
}

function isDeclared(type: NamedType): type is DeclaredType {
  return type.kind !== 'fixed'
}

/** Declares each type once for each form in which it is shown. */
class TypescriptModule {
  readonly declarations: string[] = []
  private readonly names = new Map<string, string>()
  /** Names of types, so that no further form of another type may have them. */
  private readonly taken: ReadonlySet<string>
  private readonly used = new Set<string>()
  private readonly options: DeclarationOptions

  constructor(streamed: readonly StreamedEntity[], longs: DeclarationOptions['longs']) {
    this.taken = new Set([...ownNames, ...streamed.flatMap(({ root }) => namedTypesOf(root).map(({ name }) => typeNameOf(name)))])
    this.options = { longs, nameOf: (type, place) => this.nameOf(type, place) }
  }

  /** The name of the type as it is at the place; declares it where it is new. */
  nameOf(type: DeclaredType, place: TypescriptPlace): string {
    const form = JSON.stringify([type.name, type.kind === 'enum' ? '' : place.key])
    const known = this.names.get(form)
    if (known !== undefined) return known
    const name = this.freeName(typeNameOf(type.name))
    this.names.set(form, name)
    this.used.add(name)
    // It stands before the types that it is made of.
    const at = this.declarations.push('') - 1
    this.declarations[at] = declarationOf(type, place, this.options)
    return name
  }

  /** The first form of a type has its name, the others have numbers behind it. */
  private freeName(own: string): string {
    if (!this.used.has(own)) return own
    let number = 2
    while (this.taken.has(`${own}${number}`) || this.used.has(`${own}${number}`)) number++
    return `${own}${number}`
  }
}
