import type { Command } from 'commander'
import { type Entities, isEntitiesPath, parseEntities } from '#config/entities-file.js'
import { readTextFile } from '#config/text-file.js'
import { type EntityLayouts, layoutsOf } from '../schema/subjects/entity-layouts.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import { type FolderFiles, readUsableFiles } from '#schema/files/usable-files.js'
import { ConfigurationError } from '#errors.js'
import { printable } from '#text/printable.js'
import type { Terminal } from './terminal.js'
import { WrongUseError } from './wrong-use-error.js'

/** The option by which commands learn the layouts of topics. */
export interface EntitiesOption {
  readonly entities?: string | undefined
}

export function addEntitiesOption(command: Command): Command {
  return command.option('--entities <names>', 'the layouts of topics: a file, or names with commas between them (default: ENTITIES)')
}

/** @throws ConfigurationError where its file cannot be used, WrongUseError where it is neither a file nor a list of names. */
export function parseEntitiesOption(value: string): Entities {
  try {
    return parseEntities(value, readTextFile)
  } catch (error) {
    throw error instanceof ConfigurationError && !isEntitiesPath(value) ? new WrongUseError(error.message) : error
  }
}

/** The entities of a folder, and how they lie on topics. @throws ConfigurationError where a file cannot be used. */
export function readLayouts(folder: string, { entities }: EntitiesOption): EntityLayouts {
  return layoutsOf(readSchemaFolder(folder), entities === undefined ? undefined : parseEntitiesOption(entities))
}

/** The same for checks, which report a file that cannot be used and go on. */
export function readUsableLayouts(folder: string, { entities }: EntitiesOption): EntityLayouts & Pick<FolderFiles, 'unusable'> {
  const files = readUsableFiles(folder)
  const named = entities === undefined ? undefined : parseEntitiesOption(entities)
  return { ...layoutsOf(files.entities, named), unusable: files.unusable }
}

/** The same for the registry. Writes which entities are left out. */
export function readRegistrable(folder: string, options: EntitiesOption, { writeErr }: Terminal): ReturnType<typeof readUsableLayouts> {
  const layouts = readUsableLayouts(folder, options)
  for (const note of layouts.notes) writeErr(`${printable(note)}\n`)
  return layouts
}
