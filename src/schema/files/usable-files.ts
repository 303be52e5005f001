import { join } from 'node:path'
import { ConfigurationError } from '#errors.js'
import { avscFilesIn, type EntityFile, entitiesOf, readText, sharedFolder, sharedSchemaOf, type TextFile } from './schema-folder.js'

/** A file of a folder that cannot be used. */
export interface UnusableFile {
  readonly file: string
  /** The rest of a sentence that begins with the file. */
  readonly why: string
}

export interface FolderFiles {
  readonly entities: readonly EntityFile[]
  readonly unusable: readonly UnusableFile[]
}

/**
 * As `readSchemaFolder`, for checks: a file that cannot be used is reported and does not hide the others.
 * @throws ConfigurationError where the folder itself cannot be read, or holds no schemas.
 */
export function readUsableFiles(folder: string): FolderFiles {
  const files = avscFilesIn(folder, { mayLack: false })
  if (files.length === 0) throw new ConfigurationError(`${folder} holds no .avsc files.`)
  const unusable: UnusableFile[] = []
  const usable = <T>(file: string, make: () => T): T[] => {
    try {
      return [make()]
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      unusable.push({ file, why: error.message.startsWith(`${file} `) ? error.message.slice(file.length + 1) : error.message })
      return []
    }
  }
  const shared = avscFilesIn(join(folder, sharedFolder), { mayLack: true }).flatMap((file) => usable(file, () => sharedTextOf(file)))
  const entities = files.flatMap((file) => usable(file, () => entitiesOf([readText(file)], shared)[0]!))
  return { entities, unusable }
}

function sharedTextOf(file: string): TextFile {
  const text = readText(file)
  sharedSchemaOf(text)
  return text
}
