import type { Command } from 'commander'
import type { Finding } from '../../findings/finding.js'
import { type Registration, registerSubjects } from '#schema/subjects/registration.js'
import { checkAgainstRegistry } from '../../schema/subjects/registry-check.js'
import { ConfigurationError } from '#errors.js'
import { type EntityFile, filesOf } from '#schema/files/schema-folder.js'
import { lintSchemas, lintUnusable } from '../../schema/schema-lint.js'
import { plannedSubjects } from '#schema/subjects/subject-plan.js'
import type { Run } from '../command-line.js'
import { addEntitiesOption, type EntitiesOption, readRegistrable } from '../entities-option.js'
import { exitCodes } from '../exit-codes.js'
import { addFindingOptions, type FindingOptions, report } from '../finding-options.js'
import { printable } from '#text/printable.js'
import { addRegistryOptions, type RegistryOptions, subjectsOf } from '../registry-options.js'
import type { Terminal } from '../terminal.js'

interface RegisterOptions extends FindingOptions, RegistryOptions, EntitiesOption {
  readonly dryRun?: true
  readonly inline?: true
}

const examples = `
Examples:
  sluice schema register --dry-run
  sluice schema register schemas --registry-url http://localhost:8081 --entities entities.json
`

/** `sluice schema register`. */
export function addRegister(schema: Command, begin: (run: Run) => void, defaults: RegistryOptions & EntitiesOption): void {
  const command = schema
    .command('register')
    .description('register entities and the events around them, after lint and check have found no error; nothing is ever deleted')
    .argument('[folder]', 'the entities, one .avsc each', 'schemas')
    .option('--dry-run', 'say what would be registered, and write nothing')
    .option('--inline', 'for a registry without references: events alone, with all within them')
  addFindingOptions(addRegistryOptions(addEntitiesOption(command)))
    .addHelpText('after', examples)
    .action((folder: string, options: RegisterOptions) => begin((terminal) => register(folder, { ...defaults, ...options }, terminal)))
}

async function register(folder: string, options: RegisterOptions, terminal: Terminal): Promise<number> {
  const { registrable, definitionOf, unusable } = readRegistrable(folder, options, terminal)
  const findings = [...lintUnusable(unusable), ...lintSchemas(registrable, definitionOf)]
  const linted = judged('schema lint', findings, registrable, options, terminal)
  if (linted !== exitCodes.good) return linted
  // Even where the settings ignore the finding, nothing can be registered from such a file.
  if (unusable.length > 0) throw new ConfigurationError(`${unusable[0]!.file} ${unusable[0]!.why}`)
  const plans = plannedSubjects(registrable, { inline: options.inline === true, definitionOf })
  const registry = await subjectsOf(options)
  const found = await checkAgainstRegistry(registry, plans, { registersNext: true })
  const checked = judged('schema check', found, registrable, options, terminal)
  if (checked !== exitCodes.good) return checked
  const done: Registration[] = []
  try {
    const stop = terminal.stop()
    await registerSubjects(registry, plans, { dryRun: options.dryRun === true, note: (one) => void done.push(one), stop })
  } finally {
    // Written after a failure too: what was registered stays, and is found again the next time.
    terminal.writeOut(options.json === true ? `${JSON.stringify({ subjects: done }, undefined, 2)}\n` : done.map(lineOf).join(''))
  }
  if (done.length === plans.length) return exitCodes.good
  terminal.writeErr(`Stopped before ${plans.length - done.length} of ${plans.length} subjects; the same command goes on where it was.\n`)
  return exitCodes.foundSomething
}

/** Findings go to standard error, as the output holds only what was registered. */
function judged(
  check: string,
  found: readonly Finding[],
  entities: readonly EntityFile[],
  options: FindingOptions,
  terminal: Terminal,
): number {
  if (found.length === 0) return exitCodes.good
  return report(check, found, options, { ...terminal, writeOut: terminal.writeErr }, filesOf(entities))
}

function lineOf({ subject, outcome, version, id }: Registration): string {
  const where = version === undefined ? '' : ` (version ${version}, id ${id ?? '?'})`
  return `${outcome.padEnd('to register'.length)}  ${printable(subject)}${where}\n`
}
