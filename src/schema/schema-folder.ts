import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseJson } from '../config/json-text.js'
import { readTextFile } from '../config/text-file.js'
import { ConfigurationError } from '../errors.js'
import { fullNameOf, namespaceIn, type RecordSchema } from './event-schema.js'

/** A schema file of a folder. */
export interface SchemaFile {
  readonly file: string
  readonly text: string
  readonly schema: RecordSchema
}

/** An entity's record as its file has it, with the types that it refers to. */
export interface EntityFile extends SchemaFile {
  /** The name of the file without `.avsc`: that of the entity. */
  readonly entityType: string
  /** The files of the types that are named in it and stand elsewhere, each one after those that it refers to itself. */
  readonly references: readonly SchemaFile[]
}

/** Beside the entities: types that several of them share. */
export const sharedFolder = 'types'

/**
 * The entities of a folder, one `.avsc` each, named as its type; types that they share stand in its subfolder `types`, and are named in full.
 * @throws ConfigurationError where a file cannot be read or holds no record; and where there is none, as nothing would be found in a wrong folder.
 */
export function readSchemaFolder(folder: string): EntityFile[] {
  const entities = entitiesIn(folder)
  if (entities.length === 0) throw new ConfigurationError(`${folder} holds no .avsc files.`)
  return entities
}

/** The files that entities are made of, each once: their own, and those of the types that they share. */
export function filesOf(entities: readonly EntityFile[]): string[] {
  return [...new Set(entities.flatMap(({ file, references }) => [file, ...references.map((one) => one.file)]))]
}

/**
 * The entities of a folder, or of a single `.avsc` with the shared types beside it; none where there was none yet.
 * @throws ConfigurationError where a file cannot be read or holds no record.
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

/** What a file holds, wherever it was read. */
export interface TextFile {
  readonly file: string
  readonly text: string
}

/** @throws ConfigurationError where one of them holds no record. */
export function entitiesOf(files: readonly TextFile[], sharedFiles: readonly TextFile[]): EntityFile[] {
  const shared = sharedFiles.map(schemaFileOf)
  return files.map(schemaFileOf).map((entity) => {
    return { ...entity, entityType: basename(entity.file, '.avsc'), references: referencesOf(entity, shared) }
  })
}

function sharedBeside(folder: string): TextFile[] {
  return avscFilesIn(join(folder, sharedFolder), { mayLack: true }).map(readText)
}

function avscFilesIn(folder: string, { mayLack }: { mayLack: boolean }): string[] {
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

function readText(file: string): TextFile {
  return { file, text: readTextFile(file) }
}

function schemaFileOf({ file, text }: TextFile): SchemaFile {
  const schema = parseJson(text, (why) => new ConfigurationError(`${file} ${why}.`))
  if (!isRecord(schema)) throw new ConfigurationError(`${file} holds no Avro record with a name.`)
  return { file, text, schema }
}

function isRecord(json: unknown): json is RecordSchema {
  return (
    typeof json === 'object' && json !== null && 'type' in json && json.type === 'record' && 'name' in json && typeof json.name === 'string'
  )
}

/** Depth first, so that each file stands after those that it needs. One that needs itself by way of another is for Avro to refuse. */
export function referencesOf(entity: SchemaFile, shared: readonly SchemaFile[]): SchemaFile[] {
  const found = new Set<SchemaFile>()
  const visit = ({ schema }: SchemaFile, trail: readonly SchemaFile[]): void => {
    const names = namesIn(schema, undefined)
    for (const other of shared.filter((one) => names.has(fullNameOf(one.schema)) && !trail.includes(one))) {
      visit(other, [...trail, other])
      found.add(other)
    }
  }
  visit(entity, [entity])
  return [...found]
}

/** All that stands where a type may be named; a name without dots is of the namespace around it. */
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
