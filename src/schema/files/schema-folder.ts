import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { TagsOfEntity } from '#avro/avro-entity-schema.js'
import { parseJson } from '#text/json-text.js'
import { readTextFile } from '#config/text-file.js'
import { ConfigurationError } from '#errors.js'
import { fullNameOf, isNamedSchema, isRecordSchema, namespaceIn, type NamedSchema, type RecordSchema } from './schema-json.js'

/** A schema file of a folder. */
export interface SchemaFile {
  readonly file: string
  readonly text: string
  readonly schema: NamedSchema
}

/** The schema of an entity or of a shared type, as its file has it, with the types that it refers to. */
export interface WholeSchema extends SchemaFile {
  /** For an entity its file's name without `.avsc`; for a shared type its full name. */
  readonly entityType: string
  /** The files of the other types that are named in the schema, each after those that it refers to itself. */
  readonly references: readonly SchemaFile[]
  /** Tags that a registry keeps beside the schema; files have none. */
  readonly beside?: TagsOfEntity
}

/** The schema of an entity, which is a record. */
export interface EntityFile extends WholeSchema {
  readonly schema: RecordSchema
}

export function isEntityFile(schema: WholeSchema): schema is EntityFile {
  return isRecordSchema(schema.schema)
}

/** The folder beside the entities with the types that several of them share. */
export const sharedFolder = 'types'

/**
 * The entities of a folder: one `.avsc` file each, with its type's name. The types that they share stand in its subfolder `types`, and are
 * named in full.
 * @throws ConfigurationError where a file cannot be used, or where there is none: a wrong folder must not count as an empty one.
 */
export function readSchemaFolder(folder: string): EntityFile[] {
  const entities = entitiesIn(folder)
  if (entities.length === 0) throw new ConfigurationError(`${folder} holds no .avsc files.`)
  return entities
}

/** The files of the entities and of the types that they share, each once. */
export function filesOf(entities: readonly EntityFile[]): string[] {
  return [...new Set(entities.flatMap(({ file, references }) => [file, ...references.map((one) => one.file)]))]
}

/**
 * The entities of a folder, or of a single `.avsc` with the shared types beside it. A folder without any is allowed.
 * @throws ConfigurationError where a file cannot be used.
 */
export function readSchemas(path: string): EntityFile[] {
  return isSchemaFile(path) ? entitiesOf([readText(path)], sharedBeside(dirname(path))) : entitiesIn(path)
}

function entitiesIn(folder: string): EntityFile[] {
  return entitiesOf(avscFilesIn(folder, { mayLack: false }).map(readText), sharedBeside(folder))
}

export function isSchemaFile(path: string): boolean {
  return path.endsWith('.avsc')
}

/** The text of a file. */
export interface TextFile {
  readonly file: string
  readonly text: string
}

/**
 * @throws ConfigurationError where an entity's file holds no record, a shared file no named type, or where types refer to one another in a
 * circle.
 */
export function entitiesOf(files: readonly TextFile[], sharedFiles: readonly TextFile[]): EntityFile[] {
  const shared = sharedFiles.map(sharedSchemaOf)
  return files.map((file) => {
    const schema = schemaIn(file)
    if (!isRecordSchema(schema)) throw new ConfigurationError(`${file.file} holds no Avro record with a name.`)
    const entity = { ...file, schema }
    return { ...entity, entityType: basename(file.file, '.avsc'), references: referencesOf(entity, shared) }
  })
}

/** @param sharedFiles all shared files, or those that the type needs. @throws ConfigurationError as `entitiesOf` does. */
export function sharedTypeOf(file: TextFile, sharedFiles: readonly TextFile[]): WholeSchema {
  const type = sharedSchemaOf(file)
  const others = sharedFiles.filter((one) => one.file !== file.file).map(sharedSchemaOf)
  return { ...type, entityType: fullNameOf(type.schema), references: referencesOf(type, others) }
}

/** The types of a folder that none of its entities needs. @throws ConfigurationError as `readSchemas` does. */
export function unusedTypesIn(folder: string, entities: readonly EntityFile[]): WholeSchema[] {
  const used = new Set(filesOf(entities))
  const shared = sharedBeside(folder)
  return shared.filter(({ file }) => !used.has(file)).map((one) => sharedTypeOf(one, shared))
}

function sharedBeside(folder: string): TextFile[] {
  return avscFilesIn(join(folder, sharedFolder), { mayLack: true }).map(readText)
}

export function avscFilesIn(folder: string, { mayLack }: { mayLack: boolean }): string[] {
  try {
    return readdirSync(folder)
      .filter(isSchemaFile)
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (mayLack && code === 'ENOENT') return []
    throw new ConfigurationError(`The folder ${folder} cannot be read (${code}).`)
  }
}

export function readText(file: string): TextFile {
  return { file, text: readTextFile(file) }
}

export function sharedSchemaOf(file: TextFile): SchemaFile {
  const schema = schemaIn(file)
  if (!isNamedSchema(schema)) throw new ConfigurationError(`${file.file} holds no Avro record, enum or fixed with a name.`)
  return { ...file, schema }
}

function schemaIn({ file, text }: TextFile): unknown {
  return parseJson(text, (why) => new ConfigurationError(`${file} ${why}.`))
}

/**
 * The files that a schema needs, depth first, so that each stands after those that it needs itself. @throws ConfigurationError where a file
 * needs itself by way of another.
 */
function referencesOf(whole: SchemaFile, shared: readonly SchemaFile[]): SchemaFile[] {
  const found = new Set<SchemaFile>()
  const visit = (trail: readonly [SchemaFile, ...SchemaFile[]]): void => {
    const [one] = trail
    const names = namesIn(one.schema, undefined)
    for (const other of [whole, ...shared].filter(({ schema }) => names.has(fullNameOf(schema)))) {
      if (other === one || found.has(other)) continue
      if (trail.includes(other)) throw circleError(trail.slice(0, trail.indexOf(other) + 1))
      visit([other, ...trail])
      found.add(other)
    }
  }
  visit([whole])
  return [...found]
}

function circleError(circle: readonly SchemaFile[]): ConfigurationError {
  const files = circle.map(({ file }) => file).reverse()
  return new ConfigurationError(`${files.join(', ')} refer to one another in a circle, which Avro takes within one file alone.`)
}

/** All names at places where a type may be named. A name without dots belongs to the namespace around it. */
function namesIn(schema: unknown, namespace: string | undefined): Set<string> {
  if (typeof schema === 'string') return new Set([fullNameOf({ name: schema, namespace })])
  if (Array.isArray(schema)) return union(schema.map((branch) => namesIn(branch, namespace)))
  if (typeof schema !== 'object' || schema === null) return new Set()
  const { fields, type, items, values } = schema as Readonly<Record<string, unknown>>
  const inner = namespaceIn(schema, namespace)
  const ofFields = Array.isArray(fields) ? fields.map((field: unknown) => namesIn((field as { type?: unknown } | null)?.type, inner)) : []
  return union([...ofFields, ...[type, items, values].map((part) => namesIn(part, inner))])
}

function union(sets: readonly ReadonlySet<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]))
}
