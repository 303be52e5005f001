import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { pulledFrom } from '../../schema/subjects/pulled-subject.js'
import { readTextFile } from '#config/text-file.js'
import { ConfigurationError } from '#errors.js'
import type { RecordSchema } from '#schema/files/schema-json.js'
import type { Run } from '../command-line.js'
import { addEntitiesOption, type EntitiesOption, parseEntitiesOption } from '../entities-option.js'
import { exitCodes } from '../exit-codes.js'
import { printable } from '#text/printable.js'
import { addRegistryOptions, type RegistryOptions, subjectsOf } from '../registry-options.js'
import type { Terminal } from '../terminal.js'
import { WrongUseError } from '../wrong-use-error.js'

interface PullOptions extends RegistryOptions, EntitiesOption {
  readonly force?: true
}

const examples = `
Examples:
  sluice schema pull --entities entities.json --registry-url http://localhost:8081
  sluice schema pull schemas --entities order,customer --force
`

/** `sluice schema pull`. */
export function addPull(schema: Command, begin: (run: Run) => void, defaults: RegistryOptions & EntitiesOption): void {
  const command = schema
    .command('pull')
    .description('write the entities that a registry has into a folder, so that the other commands know them')
    .argument('[folder]', 'where one .avsc is written for each', 'schemas')
    .option('--force', 'replace files that say something else')
  addRegistryOptions(addEntitiesOption(command))
    .addHelpText('after', examples)
    .action((folder: string, options: PullOptions) => begin((terminal) => pull(folder, { ...defaults, ...options }, terminal)))
}

async function pull(folder: string, options: PullOptions, { writeOut, writeErr }: Terminal): Promise<number> {
  if (options.entities === undefined) throw new WrongUseError('The entities (--entities or ENTITIES) are not set.')
  const { entities } = parseEntitiesOption(options.entities)
  if (entities.length === 0) throw new WrongUseError('The entities (--entities or ENTITIES) must be named, or be a file.')
  const registry = await subjectsOf(options)
  const subjects = await registry.subjects()
  let code: number = exitCodes.good
  for (const definition of entities) {
    const pulled = await pulledFrom(registry, subjects, definition)
    if (pulled === undefined) writeErr(`${printable(definition.name)} has no subject with a record of it in the registry.\n`)
    const file = join(folder, `${definition.name}.avsc`)
    const outcome = pulled === undefined ? 'missing' : written(file, pulled.record, options.force === true)
    if (outcome === 'missing' || outcome === 'kept') code = exitCodes.foundSomething
    if (outcome === 'kept') writeErr(`${file} says something else than the registry, and is kept; --force replaces it.\n`)
    if (pulled !== undefined) writeOut(`${outcome.padEnd(9)}  ${file} (${printable(pulled.subject)}, version ${pulled.version})\n`)
  }
  return code
}

/** @throws ConfigurationError where the file cannot be written. */
function written(file: string, record: RecordSchema, force: boolean): 'written' | 'unchanged' | 'kept' {
  const text = `${JSON.stringify(record, undefined, 2)}\n`
  const before = existsSync(file) ? readTextFile(file) : undefined
  if (before === text) return 'unchanged'
  if (before !== undefined && !force) return 'kept'
  try {
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
  return 'written'
}
