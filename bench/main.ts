import { Command, InvalidArgumentError, Option } from 'commander'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allContenders } from './contenders/contenders.js'
import { Lab } from './harness/lab.js'
import { openFilesMax } from './harness/process-usage.js'
import { TrialFailure } from './harness/trial-failure.js'
import { compareFiles } from './report/compare.js'
import { describeMachine, readCpuTicks, type CpuTicks } from './report/machine.js'
import { printScenario } from './report/terminal-table.js'
import { writeReport, type ReportFiles } from './report/write-report.js'
import { runInTurn, type Outcome } from './scenarios/in-turn.js'
import { knobDefaults, knobTexts, parseKnob, type Knobs } from './scenarios/knobs.js'
import type { Scenario } from './scenarios/scenario.js'
import { scenarios } from './scenarios/scenarios.js'

// The command line of the bench. Exit code 0 when every trial held: a goal that is not met is a finding, not a failure.

/** After sysexits.h: wrong use, and a fault of what is measured; and as the shell has it of a process that was interrupted. */
const exitCodes = { failed: 1, usage: 64, interrupted: 130 } as const
const projectFolder = fileURLToPath(new URL('../..', import.meta.url))
/** For the broker, the files of this process, and what each server opens beside its clients. */
const filesBeside = 500

class Interruption extends Error {}

interface Options extends Partial<Knobs> {
  readonly quick?: true
  readonly all?: true
  readonly memory?: true
  readonly out?: string
  readonly html?: string
  readonly table?: string
  readonly profiles?: string
  readonly stages?: true
  readonly only?: string
}

// Options of a command are its own, where both have one of a name.
const program = new Command('bench').exitOverride().showHelpAfterError().enablePositionalOptions()
program
  .argument('[scenario...]', 'what to run; the headline scenarios where none is named')
  .description('Measures the gateway beside others. Scenarios:\n' + scenarios.map(describe).join('\n'))
  .addOption(new Option('--quick', 'a second or two each: checks the accounting, and measures nothing'))
  .addOption(new Option('--all', 'every scenario, where none is named'))
  .addOption(new Option('--memory', 'without Kafka: the log of the gateway is in its own memory, and those that read a topic stay out'))
  .addOption(new Option('--only <contenders>', 'a comma list of contenders; of questions (micro)'))
  .addOption(new Option('--out <file>', 'writes the report there, as JSON'))
  .addOption(new Option('--table <file>', 'writes the headline table there, between its marks, as in bench/README.md'))
  .addOption(new Option('--html <file>', 'writes the report there, as one page with charts'))
  .addOption(new Option('--profiles <folder>', 'writes CPU profiles of the gateway there; they cost it some of its speed'))
  .addOption(new Option('--stages', 'what stalls: also when records were read and written; costs the gateway some of its speed'))
for (const [knob, text] of Object.entries(knobTexts)) program.option(`--${kebab(knob)} <number>`, text, (given) => parseKnob(knob, given))
program.action(run)
program
  .command('compare <before> <after>')
  .description('says what changed between two reports, and whether beyond the noise')
  .option('--json', 'for machines')
  .option('--html <file>', 'writes the second report there, as one page with charts, with what changed since the first')
  .action(compare)

try {
  await program.parseAsync()
  process.exit()
} catch (error) {
  process.exit(leave(error))
}

async function run(names: readonly string[], options: Options): Promise<void> {
  const { quick, all = false, memory = false, out, html, table, profiles, stages = false, only, ...given } = options
  const chosen = chosenBy(names, all, memory)
  const knobsOf = (scenario: Scenario): Knobs => ({ ...knobDefaults, ...scenario.defaults, ...(quick && scenario.quick), ...given })
  for (const scenario of chosen) checkScenario(scenario, knobsOf(scenario), memory)
  if (chosen.some(({ name }) => name !== 'micro')) checkContenders(only)
  checkFolders([out, html, table])
  if (profiles !== undefined) mkdirSync(profiles, { recursive: true })
  if (!memory) checkBrokers(process.env)
  if (!memory) process.stderr.write('bench: looks for Kafka and a registry, and starts them where none are given\n')
  const startedAt = { time: new Date().toISOString(), ticks: readCpuTicks() }
  const lab = await Lab.open(memory, profiles, stages)
  const measure = async (scenario: Scenario) => {
    const progress = (text: string) => void process.stderr.write(`${scenario.name}: ${text}\n`)
    const result = await scenario.run({ lab, knobs: knobsOf(scenario), progress, only })
    printScenario(result)
    return result
  }
  try {
    // Written before the lab is closed: where a broker is what failed, closing may fail too.
    report(await runInTurn(chosen, measure, interruption()), startedAt, { out, html, table })
  } finally {
    await lab.close()
  }
}

/** @throws what ended the run, once all that was measured before it is written. */
function report({ results, failed }: Outcome, startedAt: { time: string; ticks: CpuTicks }, files: ReportFiles): void {
  // Wrong use measures nothing, and an earlier report may stand in its place.
  if (failed?.error instanceof InvalidArgumentError) throw failed.error
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ')
  const whole = { format: 1, startedAt: startedAt.time, command, machine: describeMachine(projectFolder, startedAt.ticks) } as const
  if (failed === undefined) return writeReport({ ...whole, scenarios: results }, files)
  const { scenario, reason, error } = failed
  process.stderr.write(`bench: ${scenario} has not ended; scenarios that were measured before it: ${results.length}\n`)
  writeReport({ ...whole, scenarios: results, failure: { scenario, reason } }, files)
  throw error
}

/** Rejects when the run is to end before its time. A second signal ends it at once. */
function interruption(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Interruption(`ended by ${signal}`)))
  })
}

function compare(before: string, after: string, options: { json?: true; html?: string }): void {
  checkFolders([options.html])
  process.exitCode = compareFiles(before, after, options)
}

function chosenBy(names: readonly string[], all: boolean, memory: boolean): readonly Scenario[] {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name))
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no scenario "${unknown}"; there are ${scenarios.map(({ name }) => name).join(', ')}.`)
  return scenarios.filter(({ name, headline, needsKafka = false }) => {
    return names.length === 0 ? (headline || all) && !(memory && needsKafka) : names.includes(name)
  })
}

/** @throws InvalidArgumentError before anything is started. */
function checkScenario(scenario: Scenario, knobs: Knobs, memory: boolean): void {
  const { name, needsKafka = false, refusal } = scenario
  if (memory && needsKafka) throw new InvalidArgumentError(`${name} needs Kafka, and cannot be measured with --memory.`)
  const reason = refusal?.(knobs)
  if (reason !== undefined) throw new InvalidArgumentError(`${name} cannot be measured so. ${reason}`)
  if (name !== 'micro') checkFiles(scenario, knobs)
}

/** Of clients, which micro has none of. */
function checkFiles({ name }: Scenario, { clients, owners }: Knobs): void {
  const needed = Math.max(clients, name === 'rights' ? owners : 0) + filesBeside
  if (openFilesMax() < needed)
    throw new InvalidArgumentError(`${name} needs ${needed} open files a process, and ${openFilesMax()} are allowed (ulimit -n).`)
}

/** @throws InvalidArgumentError where a name is misspelt, so that nothing would be measured. */
function checkContenders(only: string | undefined): void {
  const names = allContenders.map(({ name }) => name)
  const unknown = only?.split(',').find((name) => !names.includes(name))
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no contender "${unknown}"; there are ${names.join(', ')}.`)
}

/** @throws InvalidArgumentError where one of the two is given: the other one would be ours, and both would be. */
function checkBrokers({ KAFKA_BROKERS: brokers = '', SCHEMA_REGISTRY_URL: registry = '' }: NodeJS.ProcessEnv): void {
  if ((brokers === '') !== (registry === ''))
    throw new InvalidArgumentError('Your own Kafka takes both KAFKA_BROKERS and SCHEMA_REGISTRY_URL; only one of them is set.')
}

/** @throws InvalidArgumentError before 20 minutes of results have no place to go. */
function checkFolders(files: readonly (string | undefined)[]): void {
  const homeless = files.find((file) => file !== undefined && !existsSync(dirname(file)))
  if (homeless !== undefined) throw new InvalidArgumentError(`There is no folder for ${homeless}.`)
}

function describe({ name, question, headline }: Scenario): string {
  return `  ${name.padEnd(Math.max(...scenarios.map((one) => one.name.length)))} ${headline ? '* ' : '  '}${question}`
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function leave(error: unknown): number {
  if (error instanceof InvalidArgumentError || error instanceof TrialFailure || error instanceof Interruption)
    process.stderr.write(`bench: ${error.message}\n`)
  else if (error instanceof Error && 'exitCode' in error) return error.exitCode === 0 ? 0 : exitCodes.usage
  else process.stderr.write(`bench: ${(error as Error).stack ?? String(error)}\n`)
  if (error instanceof Interruption) return exitCodes.interrupted
  return error instanceof InvalidArgumentError ? exitCodes.usage : exitCodes.failed
}
