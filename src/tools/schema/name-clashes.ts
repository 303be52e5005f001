// Finds names that two files of a folder share. Enters: the entities that are to be registered. Leaves: a finding for each second file.
import type { Finding } from '../findings/finding.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { fullNameOf } from '#schema/files/schema-json.js'
import { lintFinding } from './schema-lint-rules.js'

/** A file with its names: the full name of its type, and the subject under which it would be registered. */
interface NamedFile {
  readonly file: string
  readonly name: string
  readonly subject: string
}

export function nameClashesIn(entities: readonly EntityFile[]): Finding[] {
  const files = namedFilesOf(entities)
  return files.flatMap((one, index) => {
    const before = files.slice(0, index)
    const namesake = before.find(({ name }) => name === one.name)
    if (namesake !== undefined) return [clash(one, `The name ${one.name} is that of the type in ${namesake.file}, too.`)]
    const other = before.find(({ subject }) => subject === one.subject)
    return other === undefined
      ? []
      : [clash(one, `The subject of ${one.name} would be ${one.subject}, which is that of ${other.file}, too.`)]
  })
}

/** An entity is registered under the name of its entity type, and a shared type under its own name. */
function namedFilesOf(entities: readonly EntityFile[]): NamedFile[] {
  const own = entities.map(({ file, schema, entityType }) => ({ file, name: fullNameOf(schema), subject: entityType }))
  const shared = entities.flatMap(({ references }) => references).map(({ file, schema }) => ({ file, name: fullNameOf(schema) }))
  const files = [...own, ...shared.map((one) => ({ ...one, subject: one.name }))]
  return [...new Map(files.map((one) => [one.file, one])).values()]
}

function clash({ file }: NamedFile, what: string): Finding {
  return lintFinding('name-clash', { file, line: 1 }, what)
}
