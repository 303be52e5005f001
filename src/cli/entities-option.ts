import type { Command } from 'commander'
import { parseEntities } from '../config/entities-file.js'
import { readTextFile } from '../config/text-file.js'
import { type EntityLayouts, layoutsOf } from '../schema/subjects/entity-layouts.js'
import { readSchemaFolder } from '../schema/files/schema-folder.js'
import { type FolderFiles, readUsableFiles } from '../schema/files/usable-files.js'
import { printable } from './printable.js'
import type { Terminal } from './terminal.js'

/** How commands learn the layouts of topics. */
export interface EntitiesOption {
  readonly entities?: string | undefined
}

export function addEntitiesOption(command: Command): Command {
  return command.option('--entities <names>', 'the layouts of topics: a file, or names with commas between them (default: ENTITIES)')
}

/** The entities of a folder, and how they lie on topics. @throws ConfigurationError where a file cannot be used. */
export function readLayouts(folder: string, { entities }: EntitiesOption): EntityLayouts {
  return layoutsOf(readSchemaFolder(folder), entities === undefined ? undefined : parseEntities(entities, readTextFile))
}

/** The same for checks, which say of a file that cannot be used what is wrong with it, and go on. */
export function readUsableLayouts(folder: string, { entities }: EntitiesOption): EntityLayouts & Pick<FolderFiles, 'unusable'> {
  const files = readUsableFiles(folder)
  const named = entities === undefined ? undefined : parseEntities(entities, readTextFile)
  return { ...layoutsOf(files.entities, named), unusable: files.unusable }
}

/** The same for the registry. Says what is left out. */
export function readRegistrable(folder: string, options: EntitiesOption, { writeErr }: Terminal): ReturnType<typeof readUsableLayouts> {
  const layouts = readUsableLayouts(folder, options)
  for (const note of layouts.notes) writeErr(`${printable(note)}\n`)
  return layouts
}
