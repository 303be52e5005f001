import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { checkViews } from '../../policy/view-check.js'
import type { Finding } from '../../findings/finding.js'
import { compatibilityLevels, type CompatibilityLevel } from '../../schema/compare/compatibility.js'
import { type FolderHistory, type FolderVersion, versionAt, versionsUpTo } from '../../schema/compare/git-versions.js'
import { checkEntity, findRemoved, historyCut, nothingBefore } from '../../schema/compare/schema-check.js'
import { type EntityFile, filesOf, isSchemaFile, readSchemas } from '#schema/files/schema-folder.js'
import { readUsableFiles } from '#schema/files/usable-files.js'
import { lintUnusable } from '../../schema/schema-lint.js'
import { latestEntitiesOf } from '../../schema/subjects/latest-entities.js'
import { checkAgainstRegistry } from '../../schema/subjects/registry-check.js'
import { plannedSubjects } from '#schema/subjects/subject-plan.js'
import type { Run } from '../command-line.js'
import { addEntitiesOption, type EntitiesOption, readRegistrable } from '../entities-option.js'
import { addFindingOptions, report, type FindingOptions } from '../finding-options.js'
import { readInput } from '#config/text-file.js'
import { addRegistryOptions, type RegistryOptions, subjectsOf } from '../registry-options.js'
import type { Terminal } from '../terminal.js'

interface CheckOptions extends FindingOptions, RegistryOptions, EntitiesOption {
  readonly against: string
  readonly level?: CompatibilityLevel
  readonly inline?: true
  readonly policy?: string
}

const levelHelp = 'which readers must be able to go on (default: BACKWARD; in the registry, the level of each subject)'

const examples = `
Examples:
  sluice schema check --against origin/main
  sluice schema check schemas --against ../live/schemas --level FULL
  sluice schema check --against registry --registry-url http://localhost:8081 --policy policy.json
`

/** `sluice schema check`. */
export function addCheck(schema: Command, begin: (run: Run) => void, defaults: RegistryOptions & EntitiesOption): void {
  const command = schema
    .command('check')
    .description('find what a change of schemas breaks: for readers with another version, and for clients')
    .argument('[folder]', 'the entities as they are to be, one .avsc each', 'schemas')
    .requiredOption('--against <where>', 'what they were: a folder, a commit of git, or the registry')
    .addOption(new Option('--level <level>', levelHelp).choices(compatibilityLevels))
    .option('--inline', 'for a registry without references: events alone, with all within them')
    .option('--policy <file>', 'say what each role would see that it did not; a tagged field that one newly sees is an error')
  addFindingOptions(addRegistryOptions(addEntitiesOption(command)))
    .addHelpText('after', examples)
    .action((folder: string, options: CheckOptions) =>
      begin(async (terminal) => {
        const { findings, after } = await checked(folder, { ...defaults, ...options }, terminal)
        return report('schema check', findings, options, terminal, filesOf(after))
      }),
    )
}

async function checked(folder: string, options: CheckOptions, terminal: Terminal): Promise<Checked> {
  const compared = await (options.against === 'registry'
    ? inRegistry(readRegistrable(folder, options, terminal), options)
    : inVersions(folder, options))
  if (options.policy === undefined) return compared
  const views = checkViews(readInput(options.policy), compared.before, compared.after)
  return { ...compared, findings: [...compared.findings, ...views] }
}

/** The findings, and the entities that were compared. */
interface Checked {
  readonly findings: readonly Finding[]
  readonly before: readonly EntityFile[]
  readonly after: readonly EntityFile[]
}

async function inRegistry(
  { registrable: after, definitionOf, unusable }: ReturnType<typeof readRegistrable>,
  options: CheckOptions,
): Promise<Checked> {
  const plans = plannedSubjects(after, { inline: options.inline === true, definitionOf })
  const registry = await subjectsOf(options)
  const compared = await checkAgainstRegistry(registry, plans, { level: options.level })
  const findings = [...lintUnusable(unusable), ...compared]
  const before = options.policy === undefined ? [] : await latestEntitiesOf(registry, plans)
  return { findings, before, after: after.map((file) => withTagsOf(file, before)) }
}

/** Adds the tags beside the latest version: the registry keeps them for the next one, and the gateway counts them for all versions. */
function withTagsOf(file: EntityFile, registered: readonly EntityFile[]): EntityFile {
  const beside = registered.find(({ entityType }) => entityType === file.entityType)?.beside
  return beside === undefined ? file : { ...file, beside }
}

async function inVersions(folder: string, { against, level = 'BACKWARD' }: CheckOptions): Promise<Checked> {
  const { entities: after, unusable } = readUsableFiles(folder)
  const { versions, isCut } = await historyOf(folder, against, level)
  const before = versions[0]?.entities ?? []
  const changed = after.flatMap((entity) => checkEntity(entity, [{ level, earlier: earlierOf(entity, versions) }]))
  const cut = isCut ? [historyCut(folder, versions.length, 'commits')] : []
  const none = versions.every(({ entities }) => entities.length === 0) ? [nothingBefore(folder, against)] : []
  // A file that cannot be used may hold any entity, so none is known to be gone.
  const broken = new Set(unusable.map(({ file }) => basename(file, '.avsc')))
  const removed = findRemoved(
    before.filter(({ entityType }) => !broken.has(entityType)),
    after,
  )
  return { findings: [...lintUnusable(unusable), ...changed, ...removed, ...cut, ...none], before, after }
}

/** The newest first. A folder is a single version, so a transitive level needs a history. */
async function historyOf(folder: string, against: string, level: CompatibilityLevel): Promise<FolderHistory> {
  if (isFolder(against) || isSchemaFile(against)) return { versions: [{ name: against, entities: readSchemas(against) }], isCut: false }
  return level.endsWith('_TRANSITIVE')
    ? await versionsUpTo(folder, against)
    : { versions: [await versionAt(folder, against)], isCut: false }
}

function earlierOf({ entityType }: EntityFile, versions: readonly FolderVersion[]) {
  return versions.flatMap(({ name, entities }) =>
    entities.filter((one) => one.entityType === entityType).map((entity) => ({ name, entity })),
  )
}

/** A path that cannot be looked at (`origin/main` beside a file called `origin`) is not a folder. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
