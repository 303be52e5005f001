import { statSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { Finding } from '../../findings/finding.js'
import { compatibilityLevels, type CompatibilityLevel } from '../../schema/compatibility.js'
import { type FolderVersion, versionAt, versionsUpTo } from '../../schema/git-versions.js'
import { checkEntity, findRemoved } from '../../schema/schema-check.js'
import { type EntityFile, isSchemaFile, readSchemaFolder, readSchemas } from '../../schema/schema-folder.js'
import type { Run } from '../command-line.js'
import { addFindingOptions, report, type FindingOptions } from '../finding-options.js'

interface CheckOptions extends FindingOptions {
  readonly against: string
  readonly level?: CompatibilityLevel
}

const examples = `
Examples:
  sluice schema check --against origin/main
  sluice schema check schemas --against ../live/schemas --level FULL
`

/** `sluice schema check`. What each role would see belongs here, too, by a further option for the policy. */
export function addCheck(schema: Command, begin: (run: Run) => void): void {
  const command = schema
    .command('check')
    .description('find what a change of schemas breaks: for readers with another version, and for clients')
    .argument('[folder]', 'the entities as they are to be, one .avsc each', 'schemas')
    .requiredOption('--against <where>', 'what they were: a folder or a commit of git')
    .addOption(new Option('--level <level>', 'which readers must be able to go on').choices(compatibilityLevels).default('BACKWARD'))
  addFindingOptions(command)
    .addHelpText('after', examples)
    .action((folder: string, options: CheckOptions) =>
      begin(async (terminal) => report('schema check', await findingsOf(folder, options), options, terminal)),
    )
}

async function findingsOf(folder: string, { against, level = 'BACKWARD' }: CheckOptions): Promise<Finding[]> {
  const entities = readSchemaFolder(folder)
  const versions = await versionsOf(folder, against, level)
  const removed = findRemoved(versions[0]?.entities ?? [], entities)
  return [...entities.flatMap((entity) => checkEntity({ entity, level, earlier: earlierOf(entity, versions) })), ...removed]
}

/** The newest first. A folder is a single version: what is transitive needs a history. */
async function versionsOf(folder: string, against: string, level: CompatibilityLevel): Promise<readonly FolderVersion[]> {
  if (isFolder(against) || isSchemaFile(against)) return [{ name: against, entities: readSchemas(against) }]
  return level.endsWith('_TRANSITIVE') ? await versionsUpTo(folder, against) : [await versionAt(folder, against)]
}

function earlierOf({ entityType }: EntityFile, versions: readonly FolderVersion[]) {
  return versions.flatMap(({ name, entities }) =>
    entities.filter((one) => one.entityType === entityType).map((entity) => ({ name, entity })),
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
